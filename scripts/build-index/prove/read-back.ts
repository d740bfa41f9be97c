import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { codeDimOf } from "../../../src/core/codes/code-dim.ts";
import { type PackedPlanes, unpackNibbles } from "../../../src/core/codes/unpack.ts";
import type { EditionManifest, ExactRows } from "../../../src/core/edition/edition-manifest.ts";
import { unpackGzip } from "../../../src/core/edition/gzip.ts";
import { ROWS_PER_GROUP } from "../../../src/core/edition/hashes-file.ts";
import type { IndexFiles } from "../../../src/core/edition/manifest-files.ts";
import { parseSimilar } from "../../../src/core/edition/similar-file.ts";
import { openSources } from "../../../src/core/edition/sources-file.ts";
import { openTexts } from "../../../src/core/edition/texts-file.ts";
import { firstRowsOfWorks } from "../../../src/core/edition/work-rows.ts";
import { parseWorks, type WorkRecord } from "../../../src/core/edition/works-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { lengthUnlessUnit } from "../../../src/core/search/unit-length.ts";
import { openFileSource } from "../file-source.ts";
import { gunzip } from "../gzip.ts";
import { type FolderIndex, openIndexFolder } from "./open-index-folder.ts";

/** Sentences whose texts are read at a time. */
const TEXT_ROWS = 4096;

/**
 * Reads all of an edition back with the page's decoders, every block checked against its hash: works, texts, sources, near-duplicates, exact
 * rows, codes, and the codes by work, every row of which must be the row of its cluster.
 *
 * @param report rows that were read, of how many
 * @throws AppError `edition-corrupt` where a file does not read back
 */
export async function readBack(
  folder: string,
  manifest: EditionManifest,
  report: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { sentences, files, adapted } = manifest;
  const indexes: WrittenIndexFiles[] = [{ files, exact: manifest.exact }];
  if (adapted?.kind === "own") indexes.push(adapted);
  const withRows = indexes.filter(({ files: own }) => own.rows !== undefined).length;
  const total = sentences * (1 + 2 * indexes.length + withRows);
  let done = 0;
  const add = (rows: number) => {
    signal.throwIfAborted();
    done += rows;
    report(done, total);
  };
  report(0, total);
  const works = await readWorks(folder, manifest, signal);
  await readTexts(folder, manifest, works, add, signal);
  const firstRows = firstRowsOfWorks(works);
  for (const index of indexes) await readIndex(folder, manifest, index, firstRows, add, signal);
}

/** The files of an index, and what its exact rows are. */
interface WrittenIndexFiles {
  readonly files: IndexFiles;
  readonly exact: ExactRows | null;
}

async function readWorks(
  folder: string,
  { files, works: count, sentences }: EditionManifest,
  signal: AbortSignal,
): Promise<readonly WorkRecord[]> {
  const read = async ({ name }: { readonly name: string }) =>
    new Uint8Array(await readFile(join(folder, name)));
  const json = await unpackGzip(gunzip, await read(files.works), "works", signal);
  const { works } = parseWorks(json, count);
  const sum = works.reduce((total, work) => total + work.sentences, 0);
  if (sum !== sentences) throw corrupt("works", `its works have ${sum} of ${sentences} sentences`);
  if (files.similar !== undefined) parseSimilar(await read(files.similar), sentences);
  return works;
}

async function readTexts(
  folder: string,
  { files, sentences }: EditionManifest,
  works: readonly WorkRecord[],
  add: (rows: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const texts = await openFileSource(join(folder, files.texts.name), files.texts.sha256);
  const sources = await openFileSource(join(folder, files.sources.name), files.sources.sha256);
  try {
    const reader = await openTexts(texts, sentences, gunzip, signal);
    for (let first = 0; first < sentences; first += TEXT_ROWS) {
      const count = Math.min(TEXT_ROWS, sentences - first);
      const read = await reader.read(
        Array.from({ length: count }, (_, i) => first + i),
        signal,
      );
      const empty = read.findIndex(({ sentenceId }) => sentenceId === "");
      if (empty >= 0) throw corrupt("texts", `row ${first + empty} has no id`);
      add(count);
    }
    const sentencesOf = works.map((work) => work.sentences);
    const ofWorks = await openSources(sources, sentencesOf, gunzip, signal);
    for (let work = 0; work < works.length; work++) await ofWorks.read(work, signal);
  } finally {
    await Promise.all([texts.close(), sources.close()]);
  }
}

async function readIndex(
  folder: string,
  { works, sentences }: EditionManifest,
  { files, exact }: WrittenIndexFiles,
  firstRows: Uint32Array,
  add: (rows: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const type = files.rows === undefined ? null : (exact?.type ?? null);
  const opened = await openIndexFolder(folder, files, { works, exact: type });
  try {
    const { readRows } = opened.index;
    if (typeof readRows === "function") {
      for (let first = 0; first < sentences; first += ROWS_PER_GROUP) {
        const count = Math.min(ROWS_PER_GROUP, sentences - first);
        requireUnitRows(await readRows(first, count, signal), first, count);
        add(count);
      }
    }
    const marks = await markClusters(opened, sentences, add, signal);
    const codeDim = codeDimOf(opened.index.router.dim);
    for (let work = 0; work < works; work++) {
      const [first, end] = [firstRows[work] ?? 0, firstRows[work + 1] ?? 0];
      const codes = await opened.readWork(work, first, end, signal);
      const { planes, ...rows } = codes;
      const own = markRows({ layout: "work", planes }, rows, codeDim);
      const wrong = own.findIndex((mark, i) => mark !== marks[first + i]);
      if (wrong >= 0) throw corrupt("bywork", `row ${first + wrong} is not that of its cluster`);
      add(end - first);
    }
  } finally {
    await opened.close();
  }
}

function requireUnitRows(vectors: Float32Array, first: number, count: number): void {
  const dim = vectors.length / count;
  for (let i = 0; i < count; i++) {
    const length = lengthUnlessUnit(vectors, i * dim, dim);
    if (length !== null) throw corrupt("rows", `vector ${first + i} has length ${length}`);
  }
}

/** A mark of each row's code as its cluster has it. */
async function markClusters(
  { index }: FolderIndex,
  sentences: number,
  add: (rows: number) => void,
  signal: AbortSignal,
): Promise<Float64Array> {
  const marks = new Float64Array(sentences).fill(Number.NaN);
  const codeDim = codeDimOf(index.router.dim);
  for (let cluster = 0; cluster < index.router.clusters; cluster++) {
    const { sign, rest } = await index.readCluster(cluster, signal);
    const { count, h, blocks: signBlocks } = sign;
    const planes = { layout: "cluster", signBlocks, magnitudes: rest.planes } as const;
    const clusters = new Uint32Array(count).fill(cluster);
    const own = markRows(planes, { ...rest, count, h, clusters }, codeDim);
    rest.rows.forEach((row, i) => {
      marks[row] = own[i] ?? Number.NaN;
    });
    add(count);
  }
  return marks;
}

/** All of a row but its planes. */
interface RowFields {
  readonly count: number;
  readonly clusters: Uint32Array;
  readonly h: Float32Array;
  readonly f4: Float32Array;
  readonly adaptedFactors: Float32Array;
  readonly flags: Uint16Array;
}

/** 48 bits of a hash over each row's nibbles, factors, flags and cluster. */
function markRows(planes: PackedPlanes, fields: RowFields, codeDim: number): Float64Array {
  const { count, clusters, h, f4, adaptedFactors, flags } = fields;
  const nibbles = unpackNibbles(planes, count, codeDim);
  const side = new Float64Array(5);
  const sideBytes = new Uint8Array(side.buffer);
  return Float64Array.from({ length: count }, (_, row) => {
    const numbers = [clusters[row], h[row], f4[row], adaptedFactors[row], flags[row]];
    side.set(numbers.map((value) => value ?? Number.NaN));
    const code = nibbles.subarray((row * codeDim) / 2, ((row + 1) * codeDim) / 2);
    const digest = createHash("sha1").update(code).update(sideBytes).digest();
    return digest.readUIntBE(0, 6);
  });
}

function corrupt(file: string, why: string): AppError {
  return new AppError({ code: "edition-corrupt", file, why });
}
