import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { editionInfo } from "../../src/core/edition/edition-manifest.ts";
import { AppError } from "../../src/core/errors.ts";
import { type Catalogue, makeCatalogue } from "../../src/core/facets/catalogue.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  AdoptRequest,
  EditionInfo,
  SearchAnswer,
  SearchRequest,
  SentenceSource,
  WorkDetail,
  WorkSource,
} from "../../src/core/protocol.ts";
import {
  type Edition,
  type EditionRuntime,
  openEdition,
} from "../../src/core/search/open-edition.ts";
import { readSource } from "../../src/core/search/read-source.ts";
import { describeWork, findWorkImage, readWorkText } from "../../src/core/search/read-work.ts";
import { createFlatRouter, decodeCentroids, type Router } from "../../src/core/search/router.ts";
import { searchAdopted } from "../../src/core/search/search-adopted.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { nextTask } from "../next-task.ts";
import { withinLimit } from "../within-limit.ts";
import { createAdoption } from "./adoption.ts";
import { openBlockStore } from "./block-store.ts";
import { createEditionSources } from "./edition-sources.ts";
import { fetchManifest } from "./fetch-manifest.ts";
import { fetchWorkImage, type WorkImagePlace } from "./fetch-work-image.ts";
import { gunzip } from "./gunzip.ts";
import { openHnswRouter } from "./hnsw-router.ts";
import { openScanKernel } from "./kernel/open-scan-kernel.ts";

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
  /** What picks the clusters of the open edition, and why it is not the graph where it is not; null before one is open. */
  router(): RouterState | null;
  /** What scans the open edition, and why it is not WebAssembly where it is not; null before one is open. */
  kernel(): KernelState | null;
}

/** "hnsw" for the prebuilt graph in hnswlib-wasm, "flat" for the exact scan that takes its place. */
export interface RouterState {
  readonly kind: Router["kind"];
  readonly whyNotGraph: string | null;
}

/** What scans codes, and why it is plain TypeScript where it is. */
export interface KernelState {
  readonly kind: ScanKernel["kind"];
  readonly whyNotWasm: string | null;
}

/** Decoded codes kept in memory, so that a second query needs no storage and no network. A phone can spare this much. */
const RESIDENT_BYTES = 256 * 1024 * 1024;

/**
 * A database that never opens, or a library that never arrives, must not hold up a search that works without: the first
 * results are to stand within 3 s.
 */
const GRAPH_LIMIT_MS = 2000;

/** Creates a search without an edition. `fetch` is replaced by tests. */
export function createSearch(
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
): Search {
  let edition: Edition | null = null;
  let imageBase: WorkImagePlace | null = null;
  let router: RouterState | null = null;
  let kernel: KernelState | null = null;
  const store = openBlockStore();
  const adoption = createAdoption();
  const requireEdition = (): Edition => {
    if (edition === null) {
      throw new AppError({ code: "invalid-argument", what: "no edition is open" });
    }
    return edition;
  };
  return {
    async open(editionUrl, report, signal) {
      const options = { fetch, store: await store };
      const manifest = await fetchManifest(editionUrl, options, signal);
      // The same edition again costs nothing: its files are immutable, and its codes may be in memory by now.
      if (edition?.manifest.editionId !== manifest.editionId) {
        const sources = createEditionSources(editionUrl, manifest, options);
        const opened = await openKernel(signal);
        const runtime = createRuntime(opened.kernel, manifest.editionId, (state) => {
          router = state;
        });
        edition = await openEdition(manifest, sources, runtime, report, signal);
        imageBase = manifest.images === null ? null : { editionUrl, base: manifest.images.base };
        kernel = opened.state;
      }
      return editionInfo(manifest);
    },
    async search(request, onAnswer, report, signal) {
      const opened = requireEdition();
      if (request.adopted !== undefined) {
        const vectors = await adoption.vectors(opened, request.adopted);
        return searchAdopted(opened, vectors, request, report, signal);
      }
      const hooks = { onAnswer, report, now: () => performance.now(), pause: nextTask };
      return searchEdition(opened, request, hooks, signal);
    },
    sentences: async (signal) => adoption.sentences(requireEdition(), signal),
    adoptVectors: async (request) => adoption.adopt(requireEdition(), request),
    catalogue() {
      const { works, topicNames, aliases } = requireEdition();
      return makeCatalogue(works, topicNames, aliases);
    },
    source: async (row, signal) => readSource(requireEdition(), row, signal),
    work: (workId) => describeWork(requireEdition(), workId, imageBase !== null),
    workText: async (workId, signal) => readWorkText(requireEdition(), workId, signal),
    async workImage(workId, file, signal) {
      const image = findWorkImage(requireEdition(), workId, file);
      if (imageBase === null) {
        throw new AppError({ code: "invalid-argument", what: "an edition without pictures" });
      }
      return fetchWorkImage(imageBase, workId, image, fetch, signal);
    },
    router: () => router,
    kernel: () => kernel,
  };
}

/** A kernel with memory of its own for every edition that is opened, so that the memory of the last one can go. */
async function openKernel(
  signal: AbortSignal,
): Promise<{ readonly kernel: ScanKernel; readonly state: KernelState }> {
  try {
    const kernel = await openScanKernel(signal);
    return { kernel, state: { kind: kernel.kind, whyNotWasm: null } };
  } catch (error) {
    // Plain TypeScript gives the same answers, some fifty times as slowly.
    signal.throwIfAborted();
    return { kernel: plainKernel, state: { kind: plainKernel.kind, whyNotWasm: String(error) } };
  }
}

function createRuntime(
  kernel: ScanKernel,
  editionId: string,
  onRouter: (state: RouterState) => void,
): EditionRuntime {
  return {
    gunzip,
    kernel,
    residentBytes: RESIDENT_BYTES,
    async openRouter(router, centroids, signal) {
      const flat = createFlatRouter(centroids);
      try {
        const opening = openHnswRouter(router, decodeCentroids(router), `${editionId}.hnsw`);
        const hnsw = await withinLimit(opening, GRAPH_LIMIT_MS, "Opening the graph");
        onRouter({ kind: hnsw.kind, whyNotGraph: null });
        return withFallback(hnsw, flat);
      } catch (error) {
        // No IndexedDB, or a library that refuses: the exact scan of the same centroids gives the same answers.
        signal.throwIfAborted();
        onRouter({ kind: flat.kind, whyNotGraph: String(error) });
        return flat;
      }
    },
  };
}

/** Asks `flat` whenever `hnsw` throws, as it does where it finds fewer neighbours than asked for. */
function withFallback(hnsw: Router, flat: Router): Router {
  return {
    kind: hnsw.kind,
    nearest(query, count) {
      try {
        return hnsw.nearest(query, count);
      } catch {
        return flat.nearest(query, count);
      }
    },
  };
}
