import { AppError } from "../../src/core/errors.ts";
import { explainView } from "../../src/core/explain/explain-view.ts";
import type { ViewExplanation } from "../../src/core/explain/explanation-state.ts";
import { isLongerThanContext, runText } from "../../src/core/model/run-text.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  EmbeddedTexts,
  EncodedPicture,
  EncodedRegion,
  EncodeRegionRequest,
  EncoderInfo,
  ExplainRequest,
  OpenModelRequest,
} from "../../src/core/protocol.ts";
import { planRegion, planView } from "../../src/core/view/plan-view.ts";
import type { EncodeOptions } from "../../src/core/view/view.ts";
import { createPictureReader, type PictureReader } from "./decode-picture.ts";
import { encodeView } from "./encode-picture.ts";
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
    options: EncodeOptions,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EncodedPicture>;
  encodeRegion(request: EncodeRegionRequest, signal: AbortSignal): Promise<EncodedRegion>;
  explain(request: ExplainRequest): Float32Array<ArrayBuffer>;
  embedTexts(
    texts: readonly string[],
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EmbeddedTexts>;
  addText(files: PackBlobs): Promise<void>;
}

/** The picture encoded last: how to look at it again, and what explains it and the parts of it embedded last. */
interface CurrentPicture {
  readonly pictureId: string;
  readonly reader: PictureReader;
  readonly options: EncodeOptions;
  readonly explanation: ViewExplanation;
  readonly regions: Map<string, ViewExplanation>;
}

/** Regions whose explanation is kept: the one on the page, and the ones that somebody goes back to. */
const KEPT_REGIONS = 4;

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
  let current: CurrentPicture | null = null;
  let pictures = 0;
  let regions = 0;
  // A tower that could not be given back is tried again after the next phrase; nobody waits for it.
  const textTower = createIdleRelease(TEXT_IDLE_MS, timer, () => {
    model?.releaseText().catch(() => undefined);
  });
  const requireModel = (): OpenedModel => {
    if (model === null) throw new AppError({ code: "invalid-argument", what: "no model is open" });
    return model;
  };
  const requirePicture = (pictureId: string): CurrentPicture => {
    if (current?.pictureId !== pictureId) {
      throw new AppError({ code: "picture-unknown", pictureId });
    }
    return current;
  };
  const show = (next: CurrentPicture | null): void => {
    current?.reader.close();
    current = next;
  };
  return {
    async open(request, report, signal) {
      const next = await opener.open(request, report, signal);
      if (next !== model) {
        // Vectors of two models never meet: a picture of the former one is no longer explained.
        show(null);
        const former = model;
        model = next;
        textTower.stop();
        await former?.release();
      }
      return next.info;
    },
    async encodePicture(picture, options, report, signal) {
      const opened = requireModel();
      const reader = createPictureReader(picture);
      try {
        const planFor = (width: number, height: number) =>
          planView(width, height, options, opened.manifest);
        const encoded = await encodeView(reader, planFor, opened, report, signal);
        const { whole, patches, timings, explanation } = encoded;
        const { view } = encoded.plan;
        pictures += 1;
        const pictureId = `picture-${pictures}`;
        show({ pictureId, reader, options, explanation, regions: new Map() });
        const size = { width: view.sourceWidth, height: view.sourceHeight };
        return { pictureId, ...size, options, view, whole, patches, timings };
      } finally {
        if (current?.reader !== reader) reader.close();
      }
    },
    async encodeRegion({ pictureId, rect }, signal) {
      const opened = requireModel();
      const shown = requirePicture(pictureId);
      const planFor = (width: number, height: number) =>
        planRegion(width, height, rect, shown.options.fineness, opened.manifest);
      const { reader } = shown;
      try {
        const encoded = await encodeView(reader, planFor, opened, () => undefined, signal);
        regions += 1;
        const regionId = `region-${regions}`;
        shown.regions.set(regionId, encoded.explanation);
        const [oldest = regionId] = shown.regions.keys();
        if (shown.regions.size > KEPT_REGIONS) shown.regions.delete(oldest);
        return { regionId, rect, view: encoded.plan.view, whole: encoded.whole };
      } finally {
        // The next picture may have come in between, and closed a reader that then decoded again.
        if (current !== shown) reader.close();
      }
    },
    explain({ pictureId, regionId, texts, variant, method }) {
      const shown = requirePicture(pictureId);
      const explanation = regionId === null ? shown.explanation : shown.regions.get(regionId);
      if (explanation === undefined) throw new AppError({ code: "picture-unknown", pictureId });
      return explainView(explanation, texts, variant, method);
    },
    async embedTexts(texts, report, signal) {
      const { openText } = requireModel();
      if (texts.length === 0) {
        return { base: new Float32Array(0), adapted: new Float32Array(0), isCut: [] };
      }
      return textTower.use(async () => {
        const { session, tokenize, tensors, shape } = await openText(report, signal);
        const tokens = texts.map(tokenize);
        const vectors = await runText(session, tensors, shape, tokens, signal);
        return { ...vectors, isCut: tokens.map((ids) => isLongerThanContext(ids, shape)) };
      });
    },
    addText: (files) => requireModel().addText(files),
  };
}
