import { editionInfo } from "../../src/core/edition/edition-manifest.ts";
import { AppError } from "../../src/core/errors.ts";
import { type Catalogue, makeCatalogue } from "../../src/core/facets/catalogue.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  AdoptRequest,
  EditionInfo,
  KeptState,
  SearchAnswer,
  SearchRequest,
  SentenceSource,
  WorkDetail,
  WorkSource,
} from "../../src/core/protocol.ts";
import { readSource } from "../../src/core/search/read-source.ts";
import { describeWork, findWorkImage, readWorkText } from "../../src/core/search/read-work.ts";
import { searchAdopted } from "../../src/core/search/search-adopted.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { beginSimilar, withSimilarCounts } from "../../src/core/search/similar-counts.ts";
import { nextTask } from "../next-task.ts";
import { createAdoption } from "./adoption.ts";
import { openBlockStore } from "./block-store.ts";
import { fetchManifest, knownEditions } from "./fetch-manifest.ts";
import { fetchWorkImage } from "./fetch-work-image.ts";
import { createFileHost } from "./file-host.ts";
import {
  type KernelState,
  type OpenedEdition,
  openEditionAt,
  type RouterState,
} from "./opened-edition.ts";
import { openWholeFiles } from "./whole-files/open-whole-files.ts";

/** The search worker's work, without the worker: everything takes a signal, nothing knows of messages. */
export interface Search {
  /** Opens an edition in place of the one that is open. `editionUrl` ends in "/". */
  open(editionUrl: string, report: ReportProgress, signal: AbortSignal): Promise<EditionInfo>;
  /** Searches the open edition; see `SearchApi` for what it promises. */
  search(
    request: SearchRequest,
    onAnswer: (answer: SearchAnswer) => void,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<SearchAnswer>;
  /** See `SearchApi.prepare`. */
  prepare(requests: readonly SearchRequest[], signal: AbortSignal): Promise<void>;
  /** See `SearchApi.sentences`. */
  sentences(signal: AbortSignal): Promise<readonly string[]>;
  /** See `SearchApi.adoptVectors`. */
  adoptVectors(request: AdoptRequest): Promise<number>;
  /** See `SearchApi.catalogue`. */
  catalogue(): Catalogue;
  /** See `SearchApi.source`. */
  source(row: number, signal: AbortSignal): Promise<SentenceSource | null>;
  /** See `SearchApi.work`. */
  work(workId: string): WorkDetail | null;
  /** See `SearchApi.workText`. */
  workText(workId: string, signal: AbortSignal): Promise<WorkSource | null>;
  /** See `SearchApi.workImage`. */
  workImage(workId: string, file: string, signal: AbortSignal): Promise<Blob>;
  /** See `SearchApi.kept`. */
  kept(): Promise<KeptState>;
  /** See `SearchApi.download`. */
  download(report: ReportProgress, signal: AbortSignal): Promise<KeptState>;
  /** See `SearchApi.removeKept`. */
  removeKept(): Promise<KeptState>;
  /** What picks the clusters of the open edition, and why it is not the graph where it is not; null before one is open. */
  router(): RouterState | null;
  /** What scans the open edition, and why it is not WebAssembly where it is not; null before one is open. */
  kernel(): KernelState | null;
}

/** What tests replace. */
export interface SearchParts {
  readonly fetch: typeof globalThis.fetch;
  /** Bytes of codes that a search may fetch without being asked to. */
  readonly coldBytes: number;
}

/** 5 % of three million sentences, or all of 150,000. The first wave takes a tenth of it. */
const COLD_BYTES = 40 * 1024 * 1024;

/** Creates a search without an edition. */
export function createSearch(parts: Partial<SearchParts> = {}): Search {
  const { fetch = globalThis.fetch.bind(globalThis), coldBytes = COLD_BYTES } = parts;
  const host = createFileHost(fetch);
  let opened: OpenedEdition | null = null;
  const cacheOpening = openBlockStore();
  const wholeFilesOpening = openWholeFiles();
  const now = () => performance.now();
  const requireOpened = (): OpenedEdition => {
    if (opened === null) {
      throw new AppError({ code: "invalid-argument", what: "no edition is open" });
    }
    return opened;
  };
  const requireEdition = () => requireOpened().edition;
  const adoption = createAdoption(async () =>
    knownEditions(await cacheOpening, requireEdition().manifest),
  );
  /** One at a time: the calls of a page whose worker died all open its edition again, and each would take the memory of one. */
  let opening: Promise<unknown> = Promise.resolve();
  const openNow = async (
    editionUrl: string,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<EditionInfo> => {
    signal.throwIfAborted();
    const cache = await cacheOpening;
    const manifest = await fetchManifest(editionUrl, { fetch, store: cache }, signal);
    // The same edition again costs nothing: its files are immutable, and its codes may be in memory by now.
    if (opened?.edition.manifest.editionId !== manifest.editionId) {
      const wholeFiles = await wholeFilesOpening;
      const options = { editionUrl, manifest, host, cache, wholeFiles, coldBytes };
      const former = opened;
      opened = await openEditionAt(options, report, signal);
      former?.close();
    }
    return editionInfo(manifest);
  };
  return {
    open(editionUrl, report, signal) {
      const turn = opening.then(() => openNow(editionUrl, report, signal));
      opening = turn.catch(() => undefined);
      return turn;
    },
    async search(request, onAnswer, report, signal) {
      const { edition, prepared } = requireOpened();
      const similar = beginSimilar(edition, signal);
      const hooks = { onAnswer, report, now, pause: nextTask };
      const { adopted } = request;
      if (adopted !== undefined) {
        const vectors = await adoption.vectors(edition, adopted);
        const answer = await searchAdopted(edition, vectors, request, report, signal);
        return withSimilarCounts(answer, await similar);
      }
      // A search that fails ends what it still waits for: the next one would otherwise join reads that are about to fail.
      const over = new AbortController();
      const within = AbortSignal.any([signal, over.signal]);
      try {
        const found = prepared.find(request);
        const answer = await searchEdition(edition, request, hooks, within, found);
        return withSimilarCounts(answer, await similar);
      } finally {
        over.abort();
      }
    },
    prepare: async (requests, signal) =>
      requireOpened().prepared.prepare(requests, { now, pause: nextTask }, signal),
    sentences: async (signal) => adoption.sentences(requireEdition(), signal),
    adoptVectors: async (request) => adoption.adopt(requireEdition(), request),
    catalogue() {
      const { works, topicNames, aliases } = requireEdition();
      return makeCatalogue(works, topicNames, aliases);
    },
    async source(row, signal) {
      const { edition, images } = requireOpened();
      return readSource(edition, row, images !== null, signal);
    },
    work(workId) {
      const { edition, images } = requireOpened();
      return describeWork(edition, workId, images !== null);
    },
    async workText(workId, signal) {
      const { edition, images } = requireOpened();
      return readWorkText(edition, workId, images !== null, signal);
    },
    async workImage(workId, file, signal) {
      const { edition, images } = requireOpened();
      const image = findWorkImage(edition, workId, file);
      if (images === null) {
        throw new AppError({ code: "invalid-argument", what: "an edition without pictures" });
      }
      return fetchWorkImage(images, workId, image, fetch, signal);
    },
    kept: async () => requireOpened().offline.state(),
    async download(report, signal) {
      const { edition, offline } = requireOpened();
      // An index of its own for the adapted variant is a part of what a search needs, and included once it is open.
      await edition.index("adapted", signal);
      return offline.download(report, signal);
    },
    removeKept: async () => requireOpened().offline.remove(),
    router: () => opened?.router ?? null,
    kernel: () => opened?.kernel ?? null,
  };
}
