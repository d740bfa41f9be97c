import { proxy } from "comlink";
import converterWorkerUrl from "../../workers/converter.worker.ts?worker&url";
import { isAppError } from "../core/errors.ts";
import type { ReportProgress } from "../core/progress.ts";
import type { ConverterApi, MadePack, MakeRequest } from "../core/protocol.ts";
import { spawnWorker } from "./spawn-worker.ts";
import { createWorkerClient, type WorkerEndpoint } from "./worker-client.ts";

/**
 * The converter worker, as the page sees it. Every call takes its signal first and rejects with an AbortError once that
 * aborts; what was downloaded stays. The worker starts with a call and ends when the last one has been answered, which
 * gives its memory back. A worker that crashes is not replaced by itself: converting again might crash again.
 */
export interface ConverterClient {
  /** See `ConverterApi.list`. */
  list(signal: AbortSignal): Promise<readonly MadePack[]>;
  /** See `ConverterApi.make`. */
  make(signal: AbortSignal, request: MakeRequest, report: ReportProgress): Promise<MadePack>;
  /** See `ConverterApi.makeText`. */
  makeText(signal: AbortSignal, packId: string, report: ReportProgress): Promise<MadePack>;
  /** See `ConverterApi.files`. The Blobs outlive the worker. */
  files(signal: AbortSignal, packId: string): Promise<Readonly<Record<string, Blob>>>;
  /** See `ConverterApi.remove`. */
  remove(signal: AbortSignal, packId: string): Promise<void>;
  /** See `ConverterApi.discard`. */
  discard(signal: AbortSignal): Promise<void>;
  /** Ends the worker. */
  dispose(): void;
}

/** What a test replaces. */
export interface ConverterClientOptions {
  readonly spawn?: () => WorkerEndpoint;
}

/** A worker without calls is kept for so many milliseconds, because the page lists, makes and reads in a row. */
const IDLE_MS = 1000;

/** Creates a client; the worker starts at the first call. */
export function createConverterClient(options: ConverterClientOptions = {}): ConverterClient {
  const worker = createWorkerClient<ConverterApi>({
    name: "converter",
    spawn: options.spawn ?? (() => spawnWorker(converterWorkerUrl)),
    cancel: (api, id) => api.cancel(id),
  });
  let calls = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;
  /** Packs that nothing but the worker's memory holds: it must live on. */
  const inMemory = new Set<string>();

  const whileBusy = async <T>(work: () => Promise<T>): Promise<T> => {
    clearTimeout(idle);
    calls += 1;
    try {
      return await work();
    } catch (error) {
      if (isAppError(error, "worker-crashed")) inMemory.clear();
      throw error;
    } finally {
      calls -= 1;
      if (calls === 0 && inMemory.size === 0) idle = setTimeout(() => worker.dispose(), IDLE_MS);
    }
  };
  const made = async (work: () => Promise<MadePack>): Promise<MadePack> =>
    whileBusy(async () => {
      const pack = await work();
      if (pack.storage !== "kept") inMemory.add(pack.packId);
      return pack;
    });

  return {
    list: (signal) => whileBusy(() => worker.call(signal, (api, id) => api.list(id))),
    make: (signal, request, report) =>
      made(() =>
        worker.call(signal, (api, id, live) => api.make(id, request, proxy(live(report)))),
      ),
    makeText: (signal, packId, report) =>
      made(() =>
        worker.call(signal, (api, id, live) => api.makeText(id, packId, proxy(live(report)))),
      ),
    files: (signal, packId) =>
      whileBusy(() => worker.call(signal, (api, id) => api.files(id, packId))),
    remove: (signal, packId) =>
      whileBusy(async () => {
        await worker.call(signal, (api, id) => api.remove(id, packId));
        inMemory.delete(packId);
      }),
    discard: (signal) => whileBusy(() => worker.call(signal, (api, id) => api.discard(id))),
    dispose: () => {
      clearTimeout(idle);
      worker.dispose();
    },
  };
}
