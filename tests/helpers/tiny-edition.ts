import type { Corpus } from "../../scripts/build-index/corpus.ts";
import { type EditionFiles, makeEditionFiles } from "../../scripts/build-index/edition-files.ts";
import { describeEdition } from "../../scripts/build-index/write-edition.ts";
import {
  createLowRankTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import type { EditionFileName, EditionManifest } from "../../src/core/edition/manifest.ts";
import { EDITION_FILES } from "../../src/core/edition/manifest.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";

/** An edition in memory, with the exact vectors that it was made from. */
export interface TinyEdition {
  readonly manifest: EditionManifest;
  readonly files: EditionFiles;
  readonly corpus: Corpus;
  readonly dim: number;
  /** Unit base vectors [sentences × dim] in row order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly transform: LowRankTransform | null;
}

export interface TinyOptions {
  readonly sentences: number;
  readonly dim?: number;
  readonly seed?: number;
  /** Rank of the adapted text transform; none where 0. */
  readonly rank?: number;
}

/** Makes an edition of vectors in ten loose groups, with texts of every script. */
export function makeTinyEdition(options: TinyOptions): TinyEdition {
  const { sentences, dim = 32, seed = 1, rank = 3 } = options;
  const random = createSeededRandom(seed);
  const groups = Array.from({ length: 10 }, () => drawVector(dim, random));
  const vectors = new Float32Array(sentences * dim);
  for (let row = 0; row < sentences; row++) {
    const group = groups[Math.floor(random() * groups.length)] ?? drawVector(dim, random);
    const own = drawVector(dim, random);
    vectors.set(unit(group.map((value, i) => value + 0.8 * (own[i] ?? 0))), row * dim);
  }
  const corpus = makeCorpus(sentences);
  const transform = rank === 0 ? null : makeTransform(dim, rank, random);
  const input = { corpus, dim, vectors, transform, seed };
  const files = makeEditionFiles(input, () => undefined);
  const manifest = describeEdition(files, {
    name: "Tiny",
    fingerprint: "f".repeat(64),
    works: corpus.works.length,
    adapted: rank === 0 ? null : { rank, identityError: 1e-7 },
  });
  return { manifest, files, corpus, dim, vectors, transform };
}

/** The files of an edition as a server has them: name -> content, the manifest among them. */
export function filesToServe(
  edition: Pick<TinyEdition, "manifest" | "files">,
  folder = "",
): Map<string, Uint8Array> {
  const served = new Map<string, Uint8Array>();
  const manifest = new TextEncoder().encode(JSON.stringify(edition.manifest));
  served.set(`${folder}manifest.json`, manifest);
  for (const file of EDITION_FILES) {
    served.set(folder + edition.manifest.files[file].name, edition.files.bytes[file]);
  }
  return served;
}

/** A copy of the edition's files in which one byte of `file` is different. */
export function withFlippedByte(
  edition: TinyEdition,
  file: EditionFileName,
  offset: number,
): Pick<TinyEdition, "manifest" | "files"> {
  const bytes = edition.files.bytes[file].slice();
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x40;
  const files = { ...edition.files, bytes: { ...edition.files.bytes, [file]: bytes } };
  return { manifest: edition.manifest, files };
}

/** A query near a row of the edition: its cosine with that row is about 0.6. */
export function makeQuery({ vectors, dim }: TinyEdition, seed: number): Float32Array<ArrayBuffer> {
  const random = createSeededRandom(seed);
  const row = Math.floor((random() * vectors.length) / dim);
  const noise = drawVector(dim, random);
  const base = vectors.subarray(row * dim, (row + 1) * dim);
  return unit(Float32Array.from(base, (value, i) => value + 1.3 * (noise[i] ?? 0)));
}

/** A random unit vector. */
export function drawVector(dim: number, random: () => number): Float32Array<ArrayBuffer> {
  return unit(Float32Array.from({ length: dim }, () => drawNormal(random)));
}

/** The vector divided by its length. */
export function unit(vector: Float32Array): Float32Array<ArrayBuffer> {
  const length = Math.sqrt(dotFloats(vector, 0, vector, 0, vector.length));
  return Float32Array.from(vector, (value) => value / length);
}

function makeTransform(dim: number, rank: number, random: () => number): LowRankTransform {
  const draw = (length: number, scale: number) =>
    Float32Array.from({ length }, () => scale * drawNormal(random));
  return createLowRankTransform(dim, rank, draw(dim * rank, 0.3), draw(rank * dim, 0.3));
}

function makeCorpus(count: number): Corpus {
  const worksCount = Math.max(1, Math.floor(count / 20));
  const perWork = Math.ceil(count / worksCount);
  const works = Array.from({ length: Math.ceil(count / perWork) }, (_, work) => ({
    workId: `W${work}`,
    author: `Author ${work}`,
    year: String(1900 + work),
    title: `On painting ${work}`,
    link: work % 2 === 0 ? `https://example.org/${work}` : null,
    isProjectNote: work % 3 === 0,
    sentences: Math.min(perWork, count - work * perWork),
    topics: [`T${work % 4}`],
    creators: [],
    bibtex: null,
  }));
  const sentences = Array.from({ length: count }, (_, row) => ({
    sentenceId: `W${Math.floor(row / perWork)}_s${String((row % perWork) + 1).padStart(4, "0")}`,
    text: `Sentence ${row}: the light — «lumière», 光, 🌅 — falls from the left.`,
  }));
  const workOfRow = Uint32Array.from(sentences, (_, row) => Math.floor(row / perWork));
  return { sentences, workOfRow, works, topicNames: { T0: "Light" } };
}
