import textsWorkerUrl from "../../workers/texts.worker.ts?worker&url";
import type { OwnRecord } from "../core/own-texts/own-record.ts";
import type {
  AddedTexts,
  GivenTexts,
  OwnLibrary,
  OwnSearchRequest,
  OwnTextsApi,
  TextsPreview,
  UnreadSentences,
} from "../core/own-texts/protocol.ts";
import type { AdoptedModel, AdoptRequest, SearchAnswer, SentenceSource } from "../core/protocol.ts";
import { spawnWorker } from "./spawn-worker.ts";
import { createWorkerClient, lostItsWorker, type WorkerEndpoint } from "./worker-client.ts";

/**
 * The worker that keeps a person's own texts, as the page sees it; see `OwnTextsApi` for what each call does. Every call takes
 * its signal first and rejects with an AbortError once that aborts. Everything is in storage: after a crash a call that only
 * reads is made once more in a new worker.
 */
export interface OwnTextsClient {
  library(signal: AbortSignal, model: AdoptedModel | null): Promise<OwnLibrary>;
  preview(signal: AbortSignal, given: GivenTexts): Promise<TextsPreview>;
  add(signal: AbortSignal, given: GivenTexts, record: OwnRecord | null): Promise<AddedTexts>;
  edit(signal: AbortSignal, workId: string, record: OwnRecord): Promise<void>;
  remove(signal: AbortSignal, workIds: readonly string[]): Promise<void>;
  restore(signal: AbortSignal, workIds: readonly string[]): Promise<void>;
  purge(signal: AbortSignal): Promise<void>;
  clear(signal: AbortSignal): Promise<void>;
  unread(signal: AbortSignal, model: AdoptedModel): Promise<UnreadSentences | null>;
  takeVectors(signal: AbortSignal, request: AdoptRequest): Promise<void>;
  search(signal: AbortSignal, request: OwnSearchRequest): Promise<SearchAnswer>;
  source(signal: AbortSignal, row: number): Promise<SentenceSource | null>;
  exportAll(signal: AbortSignal): Promise<Blob>;
  /** Ends the worker. */
  dispose(): void;
}

/** What a test replaces. */
export interface OwnTextsClientOptions {
  readonly spawn?: () => WorkerEndpoint;
}

/** Creates a client; the worker starts at the first call. */
export function createOwnTextsClient(options: OwnTextsClientOptions = {}): OwnTextsClient {
  const worker = createWorkerClient<OwnTextsApi>({
    name: "texts",
    spawn: options.spawn ?? (() => spawnWorker(textsWorkerUrl)),
    cancel: (api, id) => api.cancel(id),
  });
  const twice = async <T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || !lostItsWorker(error)) throw error;
      return call();
    }
  };
  return {
    library: (signal, model) =>
      twice(signal, () => worker.call(signal, (api, id) => api.library(id, model))),
    preview: (signal, given) => worker.call(signal, (api, id) => api.preview(id, given)),
    add: (signal, given, record) => worker.call(signal, (api, id) => api.add(id, given, record)),
    edit: (signal, workId, record) =>
      worker.call(signal, (api, id) => api.edit(id, workId, record)),
    remove: (signal, workIds) => worker.call(signal, (api, id) => api.remove(id, workIds)),
    restore: (signal, workIds) => worker.call(signal, (api, id) => api.restore(id, workIds)),
    purge: (signal) => worker.call(signal, (api, id) => api.purge(id)),
    clear: (signal) => worker.call(signal, (api, id) => api.clear(id)),
    unread: (signal, model) =>
      twice(signal, () => worker.call(signal, (api, id) => api.unread(id, model))),
    takeVectors: (signal, request) =>
      worker.call(signal, (api, id) => api.takeVectors(id, request)),
    search: (signal, request) =>
      twice(signal, () => worker.call(signal, (api, id) => api.search(id, request))),
    source: (signal, row) =>
      twice(signal, () => worker.call(signal, (api, id) => api.source(id, row))),
    exportAll: (signal) => twice(signal, () => worker.call(signal, (api, id) => api.exportAll(id))),
    dispose: () => worker.dispose(),
  };
}
