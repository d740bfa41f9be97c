import { proxy } from "comlink";
import searchWorkerUrl from "../../workers/search.worker.ts?worker&url";
import { AppError } from "../core/errors.ts";
import type { Catalogue } from "../core/facets/catalogue.ts";
import type { ReportProgress } from "../core/progress.ts";
import type {
  AdoptRequest,
  EditionInfo,
  KeptState,
  SearchAnswer,
  SearchApi,
  SearchRequest,
  SentenceSource,
  WorkDetail,
  WorkSource,
} from "../core/protocol.ts";
import { spawnWorker } from "./spawn-worker.ts";
import { createWorkerClient, lostItsWorker, type WorkerEndpoint } from "./worker-client.ts";

/**
 * The search worker, as the page sees it. Every call takes its signal first and rejects with an AbortError once that
 * aborts. A worker that crashes is replaced, the edition opened in the new one, and the call made once more; where another edition lies
 * at its address by then, `worker-crashed` is thrown, and the page has to open it.
 */
export interface SearchClient {
  /** See `SearchApi.open`. */
  open(signal: AbortSignal, editionUrl: string, report: ReportProgress): Promise<EditionInfo>;
  /** See `SearchApi.search`. */
  search(
    signal: AbortSignal,
    request: SearchRequest,
    onAnswer: (answer: SearchAnswer) => void,
    report: ReportProgress,
  ): Promise<SearchAnswer>;
  /** See `SearchApi.prepare`. */
  prepare(signal: AbortSignal, requests: readonly SearchRequest[]): Promise<void>;
  /** See `SearchApi.sentences`. */
  sentences(signal: AbortSignal): Promise<readonly string[]>;
  /** See `SearchApi.adoptVectors`. */
  adoptVectors(signal: AbortSignal, request: AdoptRequest): Promise<number>;
  /** See `SearchApi.catalogue`. */
  catalogue(signal: AbortSignal): Promise<Catalogue>;
  /** See `SearchApi.kept`. */
  kept(signal: AbortSignal): Promise<KeptState>;
  /** See `SearchApi.download`. */
  download(signal: AbortSignal, report: ReportProgress): Promise<KeptState>;
  /** See `SearchApi.removeKept`. */
  removeKept(signal: AbortSignal): Promise<KeptState>;
  /** See `SearchApi.source`. */
  source(signal: AbortSignal, row: number): Promise<SentenceSource | null>;
  /** See `SearchApi.work`. */
  work(signal: AbortSignal, workId: string): Promise<WorkDetail | null>;
  /** See `SearchApi.workText`. */
  workText(signal: AbortSignal, workId: string): Promise<WorkSource | null>;
  /** See `SearchApi.workImage`. */
  workImage(signal: AbortSignal, workId: string, file: string): Promise<Blob>;
  /** Ends the worker. */
  dispose(): void;
}

/** What a test replaces. */
export interface SearchClientOptions {
  readonly spawn?: () => WorkerEndpoint;
}

const ignoreProgress: ReportProgress = () => {};

/** Creates a client; the worker starts at the first call. */
export function createSearchClient(options: SearchClientOptions = {}): SearchClient {
  const worker = createWorkerClient<SearchApi>({
    name: "search",
    spawn: options.spawn ?? (() => spawnWorker(searchWorkerUrl)),
    cancel: (api, id) => api.cancel(id),
  });
  let edition: { readonly url: string; readonly editionId: string } | null = null;
  /** The generation of the worker that holds `edition`. */
  let openedIn = 0;

  const withRestart = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !lostItsWorker(error)) throw error;
      return work();
    }
  };

  const openNow = async (
    signal: AbortSignal,
    editionUrl: string,
    report: ReportProgress,
  ): Promise<EditionInfo> => {
    const info = await worker.call(signal, (api, id, live) =>
      api.open(id, editionUrl, proxy(live(report))),
    );
    openedIn = worker.generation();
    return info;
  };

  /** Makes a call with the edition open: it is opened again where the worker is a new one. */
  const withEdition = <T>(
    signal: AbortSignal,
    report: ReportProgress,
    work: () => Promise<T>,
  ): Promise<T> =>
    withRestart(signal, async () => {
      if (edition !== null && openedIn !== worker.generation()) {
        const { editionId } = await openNow(signal, edition.url, report);
        if (editionId !== edition.editionId) {
          // Another edition was published since: the rows and works that the page knows are not this one's.
          openedIn = 0;
          const why = "the sentences were updated meanwhile";
          throw new AppError({ code: "worker-crashed", worker: "search", why });
        }
      }
      return work();
    });

  return {
    async open(signal, editionUrl, report) {
      const info = await withRestart(signal, () => openNow(signal, editionUrl, report));
      edition = { url: editionUrl, editionId: info.editionId };
      return info;
    },
    search(signal, request, onAnswer, report) {
      return withEdition(signal, report, () =>
        worker.call(signal, (api, id, live) =>
          api.search(id, request, proxy(live(onAnswer)), proxy(live(report))),
        ),
      );
    },
    catalogue(signal) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.catalogue(id)),
      );
    },
    prepare(signal, requests) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.prepare(id, requests)),
      );
    },
    kept(signal) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.kept(id)),
      );
    },
    download(signal, report) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id, live) => api.download(id, proxy(live(report)))),
      );
    },
    removeKept(signal) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.removeKept(id)),
      );
    },
    source(signal, row) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.source(id, row)),
      );
    },
    work(signal, workId) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.work(id, workId)),
      );
    },
    workText(signal, workId) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.workText(id, workId)),
      );
    },
    workImage(signal, workId, file) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.workImage(id, workId, file)),
      );
    },
    sentences(signal) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.sentences(id)),
      );
    },
    adoptVectors(signal, request) {
      return withEdition(signal, ignoreProgress, () =>
        worker.call(signal, (api, id) => api.adoptVectors(id, request)),
      );
    },
    dispose: () => worker.dispose(),
  };
}
