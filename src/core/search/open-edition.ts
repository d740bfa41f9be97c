import type { ByteSource } from "../bytes/source.ts";
import type { CentroidScan, ScanKernel } from "../codes/scan-kernel.ts";
import type { EditionManifest, ExactRows } from "../edition/edition-manifest.ts";
import { type Gunzip, unpackGzip } from "../edition/gzip.ts";
import { decodeIndexRouter, type IndexRouter } from "../edition/index-router.ts";
import { parseSimilar, type SimilarReader } from "../edition/similar-file.ts";
import { openSources, type SourceReader } from "../edition/sources-file.ts";
import { openTexts, type TextReader } from "../edition/texts-file.ts";
import { firstRowsOfWorks } from "../edition/work-rows.ts";
import { parseWorks, type WorkRecord } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import type { ModelVariant } from "../protocol.ts";
import { checkIndexSizes } from "./check-sizes.ts";
import { openExactRows } from "./exact-rows.ts";
import type { ResidentFinder, ResidentSource } from "./resident-finder.ts";
import type { Router } from "./router.ts";
import { openSearchIndex, type SearchIndex } from "./search-index.ts";

/** Where the bytes of one index come from, beside its router. */
export interface IndexSources {
  readonly sign: ByteSource;
  readonly rest: ByteSource;
  readonly bywork: ByteSource;
  /** The file of the edition, or the one elsewhere that its exact rows are a part of; null where there is none. */
  readonly rows: ByteSource | null;
  /** Tells whether the codes of a cluster are stored on this device. */
  isOnDevice(cluster: number): boolean;
}

/** Where the bytes of an edition come from. */
export interface EditionSources {
  readonly works: ByteSource;
  readonly texts: ByteSource;
  readonly sources: ByteSource;
  /** Null where the edition does not know which of its sentences say the same. */
  readonly similar: ByteSource | null;
  /** The files of the edition's index, or of the second one for the adapted variant. */
  openIndex(which: "base" | "adapted"): Promise<IndexOpening>;
}

/** The files of an index: the router first, because where the others' blocks lie follows from it. */
export interface IndexOpening {
  readonly router: ByteSource;
  /** @param firstRows first row of each work, and the number of rows */
  open(router: IndexRouter, firstRows: Uint32Array): Promise<IndexSources>;
}

/** An edition that can be searched. */
export interface Edition {
  readonly manifest: EditionManifest;
  readonly works: readonly WorkRecord[];
  /** First row of each work, and the number of rows. */
  readonly firstRows: Uint32Array<ArrayBuffer>;
  /** Topic id -> name for people. */
  readonly topicNames: Readonly<Record<string, string>>;
  /** Topic or creator id -> other names. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** The index that a variant is searched in; a second one is opened by the first search that needs it. */
  index(variant: ModelVariant, signal: AbortSignal): Promise<SearchIndex>;
  readonly texts: TextReader;
  /** Texts of whole works; the file is opened by the first one that is read. */
  readonly sources: SourceReader;
  /** Which sentences say the same, read when it is first asked for; null where the edition does not know. */
  similar(signal: AbortSignal): Promise<SimilarReader | null>;
}

/** What differs between the page, Node and tests. */
export interface EditionRuntime {
  readonly gunzip: Gunzip;
  readonly kernel: ScanKernel;
  /** See `IndexParts.openFinder`. */
  readonly openFinder?: (source: ResidentSource) => ResidentFinder;
  /** Bytes that each index may keep codes in. */
  readonly residentBytes: number;
  /** Bytes of codes that a search may fetch without being asked to. */
  readonly coldBytes: number;
  /** Makes the cluster router from the stored graph. */
  openRouter(router: IndexRouter, centroids: CentroidScan, signal: AbortSignal): Promise<Router>;
}

/**
 * Opens an edition: router, works and the directory of the texts are read, the rest stays where it is.
 *
 * @throws AppError `edition-version`, `edition-corrupt`, or what the sources throw
 */
export async function openEdition(
  manifest: EditionManifest,
  sources: EditionSources,
  runtime: EditionRuntime,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Edition> {
  report({ phase: "step", step: "open-edition" });
  checkIndexSizes(manifest);
  const base = await sources.openIndex("base");
  const [router, { works, topicNames, aliases }, texts] = await Promise.all([
    readRouter(base.router, manifest, "base", report, signal),
    readWorks(sources.works, manifest, runtime.gunzip, report, signal),
    openTexts(sources.texts, manifest.sentences, runtime.gunzip, signal),
  ]);
  const sentences = works.reduce((sum, work) => sum + work.sentences, 0);
  if (sentences !== manifest.sentences) {
    throw corrupt("works", "its works have another number of sentences");
  }
  const firstRows = firstRowsOfWorks(works);
  const open = async (
    opening: IndexOpening,
    decoded: IndexRouter,
    exact: ExactRows | null,
    within: AbortSignal,
  ): Promise<SearchIndex> => {
    const { kernel, openFinder, residentBytes, coldBytes } = runtime;
    const { centroids: codes, centroidScales, dim } = decoded;
    const centroids = kernel.openCentroids(codes, centroidScales, dim);
    const closest = await runtime.openRouter(decoded, centroids, within);
    const { rows, ...files } = await opening.open(decoded, firstRows);
    const exactRows =
      rows === null || exact === null
        ? null
        : openExactRows(rows, exact.kind === "external" ? exact.start : 0, exact.type, decoded.dim);
    const parts = { ...files, router: decoded, centroids, closest, exact: exactRows, firstRows };
    const finding = openFinder === undefined ? {} : { openFinder };
    return openSearchIndex({ ...parts, ...finding, kernel, residentBytes, coldBytes });
  };
  const index = await open(base, router, manifest.exact, signal);
  const own = manifest.adapted?.kind === "own" ? manifest.adapted : null;
  const openAdapted = openLazily(async (within) => {
    const opening = await sources.openIndex("adapted");
    const decoded = await readRouter(opening.router, manifest, "adapted", report, within);
    return open(opening, decoded, own?.exact ?? null, within);
  });
  const openTextsOfWorks = openLazily((within) =>
    openSources(
      sources.sources,
      works.map((work) => work.sentences),
      runtime.gunzip,
      within,
    ),
  );
  const readSimilar = openLazily(async (within) => {
    const { similar } = sources;
    if (similar === null) return null;
    const bytes = await similar.read({ start: 0, end: similar.size }, within);
    return parseSimilar(bytes, manifest.sentences);
  });
  return {
    manifest,
    works,
    firstRows,
    topicNames,
    aliases,
    texts,
    index: (variant, within) =>
      variant === "adapted" && own !== null ? openAdapted(within) : Promise.resolve(index),
    similar: readSimilar,
    sources: {
      read: async (work, within) => (await openTextsOfWorks(within)).read(work, within),
    },
  };
}

/**
 * Opens something at its first use, once also where several ask for it at the same time; a failed opening is tried again by the next
 * one, under its own signal.
 */
function openLazily<T>(
  open: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let opened: { readonly value: T } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  return async (signal) => {
    const turn = last.then(async () => {
      signal.throwIfAborted();
      opened ??= { value: await open(signal) };
      return opened.value;
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}

async function readWhole(
  source: ByteSource,
  item: string,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const total = source.size;
  report({ phase: "download", item, loaded: 0, total });
  const bytes = await source.read({ start: 0, end: total }, signal);
  report({ phase: "download", item, loaded: total, total });
  return bytes;
}

async function readRouter(
  source: ByteSource,
  { dim, sentences, clusters, adapted }: EditionManifest,
  which: "base" | "adapted",
  report: ReportProgress,
  signal: AbortSignal,
): Promise<IndexRouter> {
  const router = decodeIndexRouter(await readWhole(source, "router", report, signal));
  const own = which === "adapted" && adapted?.kind === "own" ? adapted : null;
  const rank = which === "base" && adapted?.kind === "shared" ? adapted.rank : null;
  const fits =
    router.dim === dim &&
    router.sentences === sentences &&
    router.clusters === (own?.clusters ?? clusters) &&
    (router.transform?.rank ?? null) === rank;
  if (!fits) throw corrupt("router", "it belongs to another manifest");
  return router;
}

async function readWorks(
  source: ByteSource,
  manifest: EditionManifest,
  gunzip: Gunzip,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseWorks>> {
  const gzip = await readWhole(source, "works", report, signal);
  return parseWorks(await unpackGzip(gunzip, gzip, "works", signal), manifest.works);
}

function corrupt(file: string, why: string): AppError {
  return new AppError({ code: "edition-corrupt", file, why });
}
