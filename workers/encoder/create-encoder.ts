import { AppError } from "../../src/core/errors.ts";
import type { ExplanationState } from "../../src/core/explain/explanation-state.ts";
import { explainTexts } from "../../src/core/explain/maps.ts";
import { runText } from "../../src/core/model/run-text.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  EncodedPicture,
  EncoderInfo,
  ExplainRequest,
  ModelVariant,
  OpenModelRequest,
} from "../../src/core/protocol.ts";
import { encodePicture } from "./encode-picture.ts";
import { createModelOpener, type OpenedModel } from "./open-model.ts";
import type { PackBlobs } from "./pack-blobs.ts";

/** The encoder worker's work, without the worker: everything takes a signal, nothing knows of messages. */
export interface Encoder {
  open(
    request: OpenModelRequest,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncoderInfo>;
  encodePicture(
    picture: Blob,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture>;
  explain(request: ExplainRequest): Float32Array<ArrayBuffer>;
  embedTexts(
    texts: readonly string[],
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>>;
  addText(files: PackBlobs): Promise<void>;
}

/** Creates an encoder without a model; `open` gives it one. See `EncoderApi` for what the calls promise. */
export function createEncoder(): Encoder {
  const opener = createModelOpener();
  let model: OpenedModel | null = null;
  let current: { readonly pictureId: string; readonly explanation: ExplanationState } | null = null;
  let pictures = 0;
  const requireModel = (): OpenedModel => {
    if (model === null) throw new AppError({ code: "invalid-argument", what: "no model is open" });
    return model;
  };
  return {
    async open(request, report, signal) {
      const next = await opener.open(request, report, signal);
      if (next !== model) {
        // Vectors of two models never meet: a picture of the former one is no longer explained.
        current = null;
        const former = model;
        model = next;
        await former?.release();
      }
      return next.info;
    },
    async encodePicture(picture, report, signal) {
      const { vision, tensors, manifest } = requireModel();
      pictures += 1;
      const encoded = await encodePicture(
        `picture-${pictures}`,
        picture,
        vision,
        tensors,
        manifest,
        report,
        signal,
      );
      const { pictureId } = encoded.picture;
      current = { pictureId, explanation: encoded.explanation };
      return encoded.picture;
    },
    explain({ pictureId, texts, variant, method }) {
      if (current?.pictureId !== pictureId) {
        throw new AppError({ code: "picture-unknown", pictureId });
      }
      return explainTexts(current.explanation, texts, variant, method);
    },
    async embedTexts(texts, report, signal) {
      const { tensors, manifest, openText } = requireModel();
      if (texts.length === 0) {
        return { base: new Float32Array(0), adapted: new Float32Array(0) };
      }
      const { session, tokenize } = await openText(report, signal);
      return runText(session, tensors, manifest, texts.map(tokenize), signal);
    },
    addText: (files) => requireModel().addText(files),
  };
}
