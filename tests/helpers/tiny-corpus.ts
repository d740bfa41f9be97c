import {
  createLowRankTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";
import type { Corpus, EditionInput } from "./tiny-files/edition-files.ts";

/** What a tiny corpus is like. */
export interface TinyOptions {
  readonly sentences: number;
  readonly dim?: number;
  readonly seed?: number;
  /** Rank of the adapted text transform; none where 0. */
  readonly rank?: number;
  /** Quality flags of a row; none where nothing is said. */
  readonly flagsOf?: (row: number) => number;
}

/** Makes vectors in ten loose groups, with texts of every script. Runs in browsers, too. */
export function makeTinyInput(options: TinyOptions): Omit<EditionInput, "gzip" | "digest"> {
  const { sentences, dim = 32, seed = 1, rank = 3, flagsOf = () => 0 } = options;
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
  const flags = Uint16Array.from({ length: sentences }, (_, row) => flagsOf(row));
  return { corpus, dim, vectors, flags, transform, seed };
}

/** A query near a row of the edition: its cosine with that row is about 0.6. */
export function makeQuery(
  { vectors, dim }: Pick<EditionInput, "vectors" | "dim">,
  seed: number,
): Float32Array<ArrayBuffer> {
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

/** A text in which a heading comes first and every sentence of the work is a paragraph of its own. */
function makeText(
  sentences: readonly { readonly text: string }[],
  workOfRow: Uint32Array,
  work: number,
): WorkText {
  const own = sentences.filter((_, row) => workOfRow[row] === work);
  const block = { level: 0, styles: [], images: [] };
  return {
    blocks: [
      { ...block, kind: "heading", level: 1, text: `On painting ${work}` },
      ...own.map(({ text }) => ({ ...block, kind: "paragraph" as const, text })),
    ],
    spans: own.map(({ text }, index) => ({
      block: index + 1,
      start: 0,
      lastBlock: index + 1,
      end: text.length,
    })),
  };
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
    images: [],
    citation: {
      id: `W${work}`,
      type: "book" as const,
      title: `On painting ${work}`,
    },
  }));
  const sentences = Array.from({ length: count }, (_, row) => ({
    sentenceId: `W${Math.floor(row / perWork)}_s${String((row % perWork) + 1).padStart(4, "0")}`,
    text: `Sentence ${row}: the light — «lumière», 光, 🌅 — falls from the left.`,
  }));
  const workOfRow = Uint32Array.from(sentences, (_, row) => Math.floor(row / perWork));
  const texts = works.map((_, work) =>
    work % 2 === 0 ? makeText(sentences, workOfRow, work) : null,
  );
  return { sentences, workOfRow, works, topicNames: { T0: "Light" }, texts };
}
