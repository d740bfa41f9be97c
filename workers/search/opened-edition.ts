import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import {
  type Edition,
  type EditionRuntime,
  openEdition,
} from "../../src/core/search/open-edition.ts";
import {
  createPreparedAnswers,
  type PreparedAnswers,
} from "../../src/core/search/prepared-answers.ts";
import type { ResidentFinder } from "../../src/core/search/resident-finder.ts";
import type { Router } from "../../src/core/search/router.ts";
import { chooseThreads } from "../choose-threads.ts";
import type { BlockStore } from "./block-store.ts";
import { deviceMemory } from "./device-memory.ts";
import { createEditionSources } from "./edition-sources.ts";
import { knownFiles } from "./fetch-manifest.ts";
import type { WorkImagePlace } from "./fetch-work-image.ts";
import type { FileHost } from "./file-host.ts";
import { gunzip } from "./gunzip.ts";
import { openScanKernel } from "./kernel/open-scan-kernel.ts";
import { openGpuFinder } from "./open-gpu-finder.ts";
import { openRouter } from "./open-router.ts";
import { residentBytesFor } from "./resident-bytes.ts";
import { createOfflineFiles, type OfflineFiles } from "./whole-files/offline-files.ts";
import type { WholeFileStore } from "./whole-files/whole-file-store.ts";

/** "hnsw" for the prebuilt graph in hnswlib-wasm, "flat" for the exact scan that takes its place. */
export interface RouterState {
  readonly kind: Router["kind"];
  readonly whyNotGraph: string | null;
}

/** What scans codes, and why it is plain TypeScript where it is. */
export interface KernelState {
  readonly kind: ScanKernel["kind"];
  readonly whyNotWasm: string | null;
  /** Threads of large scans. */
  readonly threads: number;
}

/** An edition with what keeps it. */
export interface OpenedEdition {
  readonly edition: Edition;
  readonly offline: OfflineFiles;
  readonly prepared: PreparedAnswers;
  /** Where the pictures of its works are; null where it does not say. */
  readonly images: WorkImagePlace | null;
  readonly router: RouterState;
  readonly kernel: KernelState;
  /** Gives back the memory of a graphics processor, and ends the threads; no search is asked of the edition afterwards. */
  close(): void;
}

/** What an edition is opened with. */
export interface OpeningOptions {
  /** Ends in "/". */
  readonly editionUrl: string;
  readonly manifest: EditionManifest;
  /** Shared by all editions that a page opens: a host counts what comes from an address. */
  readonly host: FileHost;
  readonly cache: BlockStore;
  /** Null where this browser keeps nothing. */
  readonly wholeFiles: WholeFileStore | null;
  /** Bytes of codes that a search may fetch without being asked to. */
  readonly coldBytes: number;
}

/**
 * Opens an edition over HTTP.
 *
 * @throws AppError `edition-version`, `edition-corrupt`, or what the files' host answers; an AbortError after `signal`
 */
export async function openEditionAt(
  options: OpeningOptions,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedEdition> {
  const { editionUrl, manifest, host, cache, wholeFiles, coldBytes } = options;
  // What is kept of editions that no address gives any more is of no use.
  void knownFiles(cache, manifest).then(async (known) => {
    if (known !== null) await wholeFiles?.keepOnly(known);
  });
  const offline = createOfflineFiles({ editionUrl, host, cache, store: wholeFiles });
  const sources = await createEditionSources({ editionUrl, manifest, host, cache, offline });
  const residentBytes = residentBytesFor(deviceMemory());
  const { kernel, state, release } = await openKernel(residentBytes, signal);
  let router: RouterState = { kind: "flat", whyNotGraph: null };
  const finders: ResidentFinder[] = [];
  const runtime: EditionRuntime = {
    gunzip,
    kernel,
    openFinder(source) {
      const finder = openGpuFinder(source);
      finders.push(finder);
      return finder;
    },
    residentBytes,
    coldBytes,
    async openRouter(file, centroids, within) {
      const name = `${manifest.editionId}-${file.clusters}.hnsw`;
      const { router: found, whyNotGraph } = await openRouter(file, centroids, name, within);
      router = { kind: found.kind, whyNotGraph };
      return found;
    },
  };
  const edition = await openEdition(manifest, sources, runtime, report, signal);
  const images = manifest.images === null ? null : { editionUrl, base: manifest.images.base };
  const close = () => {
    for (const finder of finders) finder.close();
    release();
  };
  const prepared = createPreparedAnswers(edition);
  return { edition, offline, prepared, images, router, kernel: state, close };
}

/** A kernel that was started. */
interface OpenedKernel {
  readonly kernel: ScanKernel;
  readonly state: KernelState;
  /** Ends its threads but the calling one. */
  release(): void;
}

/** A kernel with memory of its own for every edition that is opened, so that the memory of the last one can go. */
async function openKernel(residentBytes: number, signal: AbortSignal): Promise<OpenedKernel> {
  try {
    const options = { threads: chooseThreads(), residentBytes };
    const { kernel, threads } = await openScanKernel(options, signal);
    const state = { kind: kernel.kind, whyNotWasm: null, threads: threads?.count ?? 1 };
    return { kernel, state, release: () => threads?.release() };
  } catch (error) {
    // Plain TypeScript gives the same answers, some fifty times as slowly.
    signal.throwIfAborted();
    const state = { kind: plainKernel.kind, whyNotWasm: String(error), threads: 1 };
    return { kernel: plainKernel, state, release: () => undefined };
  }
}
