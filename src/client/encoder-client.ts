import { proxy } from "comlink";
import encoderWorkerUrl from "../../workers/encoder.worker.ts?worker&url";
import { AppError, isAppError } from "../core/errors.ts";
import type { ReportProgress } from "../core/progress.ts";
import type {
  EmbeddedTexts,
  EncodedPicture,
  EncodedRegion,
  EncodeRegionRequest,
  EncoderApi,
  EncoderInfo,
  ExplainRequest,
  OpenModelRequest,
} from "../core/protocol.ts";
import type { EncodeOptions } from "../core/view/view.ts";
import { spawnWorker } from "./spawn-worker.ts";
import { createWorkerClient, lostItsWorker, type WorkerEndpoint } from "./worker-client.ts";

/**
 * The encoder worker, as the page sees it. Every call takes its signal first and rejects with an AbortError once that
 * aborts. A worker that crashes, or loses its GPU device, is replaced, the model and the picture are loaded into the new
 * one, and the call is made once more; after a lost device on the processor.
 */
export interface EncoderClient {
  /** See `EncoderApi.open`. */
  open(
    signal: AbortSignal,
    request: OpenModelRequest,
    report: ReportProgress,
  ): Promise<EncoderInfo>;
  /** See `EncoderApi.encodePicture`. */
  encodePicture(
    signal: AbortSignal,
    picture: Blob,
    options: EncodeOptions,
    report: ReportProgress,
  ): Promise<EncodedPicture>;
  /** See `EncoderApi.encodeRegion`. Throws `picture-unknown` for any picture but the one encoded last. */
  encodeRegion(signal: AbortSignal, request: EncodeRegionRequest): Promise<EncodedRegion>;
  /** See `EncoderApi.explain`. Throws `picture-unknown` for any picture but the one encoded last. */
  explain(signal: AbortSignal, request: ExplainRequest): Promise<Float32Array<ArrayBuffer>>;
  /** See `EncoderApi.embedTexts`. */
  embedTexts(
    signal: AbortSignal,
    texts: readonly string[],
    report: ReportProgress,
  ): Promise<EmbeddedTexts>;
  /** See `EncoderApi.addText`. A replaced worker opens the pack with its text part. */
  addText(signal: AbortSignal, files: Readonly<Record<string, Blob>>): Promise<void>;
  /** Ends the worker. */
  dispose(): void;
}

/** What a test replaces, and what a page may want to know. */
export interface EncoderClientOptions {
  readonly spawn?: () => WorkerEndpoint;
  /** Called when a replaced worker has opened the model again, possibly on another provider. */
  readonly onReopened?: (info: EncoderInfo) => void;
}

/** The picture encoded last, which a new worker must be shown again before it can explain it. */
interface CurrentPicture {
  readonly pictureId: string;
  readonly picture: Blob;
  readonly options: EncodeOptions;
  workerPictureId: string;
  generation: number;
}

const ignoreProgress: ReportProgress = () => {};

/** Creates a client; the worker starts at the first call. */
export function createEncoderClient(options: EncoderClientOptions = {}): EncoderClient {
  const worker = createWorkerClient<EncoderApi>({
    name: "encoder",
    spawn: options.spawn ?? (() => spawnWorker(encoderWorkerUrl)),
    cancel: (api, id) => api.cancel(id),
  });
  let model: OpenModelRequest | null = null;
  /** The generation of the worker that holds `model`. */
  let openedIn = 0;
  let gpuIsLost = false;
  let pictures = 0;
  let current: CurrentPicture | null = null;

  /** Makes a call; once more in a new worker where the first one was lost. */
  const withRestart = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const generation = worker.generation();
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !lostItsWorker(error)) throw error;
      if (isAppError(error, "device-lost")) {
        gpuIsLost = true;
        if (model !== null && withoutGpu(model).providers.length === 0) throw error;
        worker.restart(generation, error.detail.reason);
      }
      return work();
    }
  };

  const openNow = async (
    signal: AbortSignal,
    request: OpenModelRequest,
    report: ReportProgress,
  ): Promise<EncoderInfo> => {
    const usable = gpuIsLost ? withoutGpu(request) : request;
    const info = await worker.call(signal, (api, id, live) =>
      api.open(id, usable, proxy(live(report))),
    );
    openedIn = worker.generation();
    return info;
  };

  const inTurnOpened = createTurns();
  const inTurnShown = createTurns();

  /** Opens the model again where the worker is a new one: once, whichever of its calls get there first. */
  const reopen = (signal: AbortSignal, report: ReportProgress): Promise<void> =>
    inTurnOpened(async () => {
      if (model === null || openedIn === worker.generation()) return;
      options.onReopened?.(await openNow(signal, model, report));
    });

  const encodeNow = async (
    signal: AbortSignal,
    picture: Blob,
    options: EncodeOptions,
    report: ReportProgress,
  ): Promise<EncodedPicture> => {
    await reopen(signal, report);
    return worker.call(signal, (api, id, live) =>
      api.encodePicture(id, picture, options, proxy(live(report))),
    );
  };

  /** Shows a new worker the picture: once, because a second time would take the place of the first and its id with it. */
  const showAgain = (signal: AbortSignal, shown: CurrentPicture): Promise<void> =>
    inTurnShown(async () => {
      if (shown.generation === worker.generation()) return;
      const { picture, options } = shown;
      const again = await encodeNow(signal, picture, options, ignoreProgress);
      shown.workerPictureId = again.pictureId;
      shown.generation = worker.generation();
    });

  /** Asks the worker about the picture encoded last, which a new worker is shown first. */
  const aboutCurrent = <T>(
    signal: AbortSignal,
    pictureId: string,
    ask: (workerPictureId: string) => Promise<T>,
  ): Promise<T> =>
    withRestart(signal, async () => {
      const shown = current;
      if (shown === null || shown.pictureId !== pictureId) {
        throw new AppError({ code: "picture-unknown", pictureId });
      }
      if (shown.generation !== worker.generation()) await showAgain(signal, shown);
      return ask(shown.workerPictureId);
    });

  return {
    async open(signal, request, report) {
      const info = await withRestart(signal, () => openNow(signal, request, report));
      model = request;
      return info;
    },
    async encodePicture(signal, picture, view, report) {
      const encoded = await withRestart(signal, () => encodeNow(signal, picture, view, report));
      pictures += 1;
      // Ids of the worker begin anew with it, so that the page gets ids of its own.
      const pictureId = `picture-${pictures}`;
      const generation = worker.generation();
      const workerPictureId = encoded.pictureId;
      current = { pictureId, picture, options: view, workerPictureId, generation };
      return { ...encoded, pictureId };
    },
    encodeRegion: (signal, request) =>
      aboutCurrent(signal, request.pictureId, (pictureId) =>
        worker.call(signal, (api, id) => api.encodeRegion(id, { ...request, pictureId })),
      ),
    explain: (signal, request) =>
      aboutCurrent(signal, request.pictureId, (pictureId) =>
        worker.call(signal, (api, id) => api.explain(id, { ...request, pictureId })),
      ),
    embedTexts(signal, texts, report) {
      return withRestart(signal, async () => {
        await reopen(signal, report);
        return worker.call(signal, (api, id, live) =>
          api.embedTexts(id, texts, proxy(live(report))),
        );
      });
    },
    addText(signal, files) {
      return withRestart(signal, async () => {
        await reopen(signal, ignoreProgress);
        await worker.call(signal, (api, id) => api.addText(id, files));
        if (model?.pack.kind === "files") {
          model = { ...model, pack: { kind: "files", files: { ...model.pack.files, ...files } } };
        }
      });
    },
    dispose: () => worker.dispose(),
  };
}

/** Runs one piece of work after the other, in the order in which they come; each fails alone. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

function withoutGpu(request: OpenModelRequest): OpenModelRequest {
  return { ...request, providers: request.providers.filter((provider) => provider !== "webgpu") };
}
