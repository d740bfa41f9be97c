import { AppError } from "../../src/core/errors.ts";
import type { ExplanationState } from "../../src/core/explain/explanation-state.ts";
import { explainTexts } from "../../src/core/explain/maps.ts";
import { isLongerThanContext, runText } from "../../src/core/model/run-text.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  EmbeddedTexts,
  EncodedPicture,
  EncoderInfo,
  ExplainRequest,
  OpenModelRequest,
} from "../../src/core/protocol.ts";
import { encodePicture } from "./encode-picture.ts";
import { createIdleRelease, type IdleTimer, workerTimer } from "./idle-release.ts";
import { createModelOpener, type ModelOpener, type OpenedModel } from "./open-model.ts";
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
  ): Promise<EmbeddedTexts>;
  addText(files: PackBlobs): Promise<void>;
}

/**
 * How long the text tower stays after the last phrase, in milliseconds: long enough to try a few words, short enough that
 * its 60 to 250 MB are not held while a person reads.
 */
export const TEXT_IDLE_MS = 60_000;

/**
 * Creates an encoder without a model; `open` gives it one. See `EncoderApi` for what the calls promise. The text tower is
 * loaded by the first phrase and released {@link TEXT_IDLE_MS} after the last one.
 */
export function createEncoder(
  opener: ModelOpener = createModelOpener(),
  timer: IdleTimer = workerTimer,
): Encoder {
  let model: OpenedModel | null = null;
  let current: { readonly pictureId: string; readonly explanation: ExplanationState } | null = null;
  let pictures = 0;
  // A tower that could not be given back is tried again after the next phrase; nobody waits for it.
  const textTower = createIdleRelease(TEXT_IDLE_MS, timer, () => {
    model?.releaseText().catch(() => undefined);
  });
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
        textTower.stop();
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
        return { base: new Float32Array(0), adapted: new Float32Array(0), isCut: [] };
      }
      return textTower.use(async () => {
        const { session, tokenize } = await openText(report, signal);
        const tokens = texts.map(tokenize);
        const vectors = await runText(session, tensors, manifest, tokens, signal);
        return { ...vectors, isCut: tokens.map((ids) => isLongerThanContext(ids, manifest)) };
      });
    },
    addText: (files) => requireModel().addText(files),
  };
}
