import type { ByteSource } from "../bytes/source.ts";
import { codeBytesPerRow } from "../edition/codes-file.ts";
import type { EditionFileName, EditionManifest } from "../edition/manifest.ts";
import { EDITION_FILES } from "../edition/manifest.ts";
import { decodeRouterFile, type RouterFile } from "../edition/router-file.ts";
import { openSources, type SourceReader } from "../edition/sources-file.ts";
import { openTexts, type TextReader } from "../edition/texts-file.ts";
import { parseWorks, type WorkRecord } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { type CodeStore, createCodeStore } from "./code-store.ts";
import { decodeCentroids, type Router } from "./router.ts";

/** Where the bytes of each file of an edition come from. */
export type EditionSources = Readonly<Record<EditionFileName, ByteSource>>;

/** An edition that can be searched. */
export interface Edition {
  readonly manifest: EditionManifest;
  readonly router: RouterFile;
  /** Picks the clusters of a query. */
  readonly closest: Router;
  readonly works: readonly WorkRecord[];
  /** Topic id -> name for people. */
  readonly topicNames: Readonly<Record<string, string>>;
  /** Topic or creator id -> other names. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  readonly codes: CodeStore;
  /** Exact vectors, f32 [sentences × dim], in cluster order. */
  readonly rows: ByteSource;
  readonly texts: TextReader;
  /** Texts of whole works; the file is opened by the first one that is read. */
  readonly sources: SourceReader;
}

/** What differs between the page, Node and tests. */
export interface EditionRuntime {
  /** Decompresses a gzip member. */
  gunzip(bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes the cluster router from the stored graph and the decoded centroids. */
  openRouter(
    router: RouterFile,
    centroids: Float32Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Router>;
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
  checkSizes(manifest, sources);
  const readWhole = async (file: "router" | "works") => {
    const total = sources[file].size;
    report({ phase: "download", item: file, loaded: 0, total });
    const bytes = await sources[file].read({ start: 0, end: total }, signal);
    report({ phase: "download", item: file, loaded: total, total });
    return bytes;
  };
  const openRouter = async () => {
    const router = decodeRouterFile(await readWhole("router"));
    checkRouter(router, manifest);
    const closest = await runtime.openRouter(router, decodeCentroids(router), signal);
    return { router, closest };
  };
  const openWorks = async () => {
    const gzip = await readWhole("works");
    let utf8: Uint8Array<ArrayBuffer>;
    try {
      utf8 = await runtime.gunzip(gzip, signal);
    } catch (cause) {
      signal.throwIfAborted();
      throw corrupt("works", "not gzip", cause);
    }
    return parseWorks(utf8, manifest.works);
  };
  const [{ router, closest }, { works, topicNames, aliases }, texts] = await Promise.all([
    openRouter(),
    openWorks(),
    openTexts(sources.texts, manifest.sentences, signal),
  ]);
  const codes = createCodeStore(sources.codes, router, manifest.works);
  const sourceReader = openLazily((within) =>
    openSources(
      sources.sources,
      works.map((work) => work.sentences),
      runtime.gunzip,
      within,
    ),
  );
  return {
    manifest,
    router,
    closest,
    works,
    topicNames,
    aliases,
    codes,
    rows: sources.rows,
    texts,
    sources: sourceReader,
  };
}

/** A reader that opens its file at the first read; a failed opening is tried again by the next one. */
function openLazily(open: (signal: AbortSignal) => Promise<SourceReader>): SourceReader {
  let opened: SourceReader | null = null;
  return {
    async read(work, signal) {
      opened ??= await open(signal);
      return opened.read(work, signal);
    },
  };
}

function checkSizes(manifest: EditionManifest, sources: EditionSources): void {
  const { sentences, dim, files } = manifest;
  for (const file of EDITION_FILES) {
    if (sources[file].size !== files[file].bytes) {
      throw corrupt(file, `${sources[file].size} of ${files[file].bytes} bytes`);
    }
  }
  if (files.codes.bytes !== sentences * codeBytesPerRow(dim)) throw corrupt("codes", "its size");
  if (files.rows.bytes !== sentences * dim * 4) throw corrupt("rows", "its size");
}

function checkRouter(router: RouterFile, manifest: EditionManifest): void {
  const fits =
    router.dim === manifest.dim &&
    router.sentences === manifest.sentences &&
    router.clusters === manifest.clusters &&
    (router.transform?.rank ?? null) === (manifest.adapted?.rank ?? null);
  if (!fits) throw corrupt("router", "it belongs to another manifest");
}

function corrupt(file: string, why: string, cause?: unknown): AppError {
  return new AppError({ code: "edition-corrupt", file, why }, { cause });
}
