import { rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { QualityCounts } from "../../src/core/quality/flags.ts";
import { nameSome } from "./build-error.ts";
import type { BuildOptions, VectorsPlace } from "./build-options.ts";
import { CORPUS_FILES } from "./corpus/corpus-records.ts";
import { type CorpusLayout, LAYOUT_FILES, type LayoutFileName } from "./corpus/layout.ts";
import type { Log, ReportPhase } from "./progress.ts";
import { requireRoom } from "./require-room.ts";
import { copyInput } from "./vectors/copy-input.ts";
import { findVectors, type VectorsKind } from "./vectors/find-vectors.ts";
import { type IdJoin, joinIds } from "./vectors/join-ids.ts";
import { openMatrix } from "./vectors/open-matrix.ts";
import { makeOwnFolder, type WorkFolder } from "./work-folder.ts";

/** What is known of a corpus when its texts have been laid out: all that the rest of a build needs. */
export interface PreparedCorpus {
  readonly sentences: number;
  /** Sentences of each work, in order. */
  readonly sentencesOfWorks: readonly number[];
  /** Quality flags of every row. */
  readonly flags: Uint16Array;
  readonly quality: QualityCounts;
  /** Where the images of the works lie, for the manifest. */
  readonly images: { readonly base: string } | null;
  /** Folder that images were copied to, or null. */
  readonly copiedTo: string | null;
  /** Which row of a file of vectors belongs to each row; null where there is no such file. */
  readonly base: IdJoin | null;
  readonly painting: IdJoin | null;
}

const CHECKPOINT = "corpus";
/** Bytes that the corpus pass writes for one of the sentences: their copy, and what is kept of them, compressed. */
const LAYOUT_SHARE = 2;

/** Paths of the files that the corpus pass wrote. */
export function layoutPaths(folder: WorkFolder): Readonly<Record<LayoutFileName, string>> {
  const path = (name: LayoutFileName) => join(folder.path, `${name}.layout`);
  return {
    works: path("works"),
    texts: path("texts"),
    sources: path("sources"),
    similar: path("similar"),
  };
}

/**
 * Lays out the corpus and joins the ids of the vectors with its rows; done once and kept.
 *
 * @throws BuildError naming what is wrong with the corpus or the ids
 */
export async function prepareCorpus(
  options: BuildOptions,
  folder: WorkFolder,
  log: Log,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<PreparedCorpus> {
  // The folder checked the hash of what was written below.
  const kept = (await folder.read(CHECKPOINT)) as PreparedCorpus | null;
  const { images } = options;
  const copiedTo = images.kind === "copy" ? resolve(images.to) : null;
  // Images that were copied beside another edition, or were removed with it, are not beside this one.
  const hasImages = copiedTo === null || (await stat(copiedTo).catch(() => null)) !== null;
  if (kept?.copiedTo === copiedTo && hasImages && (await hasAll(folder))) return kept;
  const sentences = await stat(join(options.json, CORPUS_FILES.sentences)).catch(() => null);
  await requireRoom([{ folder: folder.path, bytes: LAYOUT_SHARE * (sentences?.size ?? 0) }]);
  const own = await makeOwnFolder(folder.path);
  try {
    const prepared = { ...(await readCorpus(options, folder, own, log, report, signal)), copiedTo };
    await folder.write(CHECKPOINT, prepared);
    return prepared;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** @param own a folder for what is needed on the way */
async function readCorpus(
  options: BuildOptions,
  folder: WorkFolder,
  own: string,
  log: Log,
  report: ReportPhase,
  signal: AbortSignal,
): Promise<Omit<PreparedCorpus, "copiedTo">> {
  const { json, markdown, images, areProjectNotes, threads } = options;
  const corpus = { json, markdown, images, areProjectNotes, threads, out: own };
  const listener = {
    log,
    report: (done: number, total: number) => report("corpus", done, total),
  };
  // Loaded only where it is needed: a run that goes on, or a part, starts in half the time without.
  const { layOutCorpus } = await import("./corpus/lay-out-corpus.ts");
  const layout = await layOutCorpus(corpus, listener, signal);
  const join = (kind: VectorsKind, place: VectorsPlace | null) =>
    place === null ? null : joinVectors(kind, place, layout, own, log, signal);
  const prepared = {
    sentences: layout.sentences,
    sentencesOfWorks: layout.works.map(({ sentences }) => sentences),
    flags: layout.flags,
    quality: layout.coverage.flagged,
    images: layout.images,
    base: await join("base", options.embeddings),
    painting: await join("painting", options.paintingEmbeddings),
  };
  const paths = layoutPaths(folder);
  for (const name of LAYOUT_FILES) await rename(layout.files[name], paths[name]);
  return prepared;
}

async function hasAll(folder: WorkFolder): Promise<boolean> {
  const paths = layoutPaths(folder);
  const found = await Promise.all(LAYOUT_FILES.map((name) => stat(paths[name]).catch(() => null)));
  return found.every((entry) => entry?.isFile() === true);
}

async function joinVectors(
  kind: VectorsKind,
  { place, ids }: VectorsPlace,
  layout: CorpusLayout,
  own: string,
  log: Log,
  signal: AbortSignal,
): Promise<IdJoin> {
  const found = await findVectors(kind, place, ids, signal);
  try {
    const { count, name } = await openMatrix(found.vectors, signal);
    const path = await copyInput(found.ids, join(own, `${kind}-ids.spill`), signal);
    const joined = await joinIds(path, found.ids.place, count, name, layout, signal);
    if (joined.unknown > 0) {
      log(
        `${name}: ${joined.unknown} of ${count} rows are of sentences that the corpus does not have and are left out: ${nameSome(joined.unknownIds, joined.unknown)}`,
      );
    }
    return joined;
  } finally {
    await found.vectors.close();
    await found.ids.close();
  }
}
