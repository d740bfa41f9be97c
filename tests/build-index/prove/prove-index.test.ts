import { describe, expect, it } from "vitest";
import { describeProof } from "../../../scripts/build-index/prove/describe-proof.ts";
import { measureHubShare } from "../../../scripts/build-index/prove/hub-share.ts";
import { judge } from "../../../scripts/build-index/prove/judge.ts";
import {
  holdOutPictures,
  makeProofQueries,
} from "../../../scripts/build-index/prove/proof-queries.ts";
import { proveEdition } from "../../../scripts/build-index/prove/prove-edition.ts";
import { proveIndex } from "../../../scripts/build-index/prove/prove-index.ts";
import type { RowBatch } from "../../../scripts/build-index/prove/proved-index.ts";
import { createCodeSpace } from "../../../src/core/codes/code-space.ts";
import { plainKernel } from "../../../src/core/codes/plain-kernel.ts";
import { scanBlock } from "../../../src/core/codes/plain-scan.ts";
import { prepareQuery } from "../../../src/core/codes/prepare-query.ts";
import { unpackNibbles } from "../../../src/core/codes/unpack.ts";
import { applyTransform } from "../../../src/core/edition/low-rank-transform.ts";
import { parseProof } from "../../../src/core/edition/manifest-proof.ts";
import { readFields } from "../../../src/core/model/json-fields.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { makeSmallIndex } from "../../helpers/small-index.ts";
import { makeTinyInput } from "../../helpers/tiny-corpus.ts";

const { signal } = new AbortController();
const DIM = 64;
const { vectors, transform: strong } = makeTinyInput({ sentences: 1100, dim: DIM, seed: 4 });
/** An adapter that changes about as much as real ones do. */
const transform = strong && { ...strong, left: strong.left.map((value) => value / 4) };
const index = makeSmallIndex({ dim: DIM, vectors, clusters: 20, transform });
const queries = makeProofQueries({
  dim: DIM,
  sample: vectors.subarray(0, 300 * DIM),
  images: null,
  texts: null,
  seed: 2,
}).map(({ kind, vectors: all }) => ({ kind, vectors: all.slice(0, 20 * DIM) }));

/** All rows in three batches, the last first. */
async function* stream(): AsyncIterable<RowBatch> {
  for (const [first, end] of [
    [700, 1100],
    [0, 333],
    [333, 700],
  ] as const) {
    const rows = Uint32Array.from({ length: end - first }, (_, i) => first + i);
    yield { rows, vectors: vectors.subarray(first * DIM, end * DIM) };
  }
}

/** Scores of every row under a variant, exactly. */
function exactScores(query: Float32Array, isAdapted: boolean): Float64Array {
  return Float64Array.from({ length: vectors.length / DIM }, (_, row) => {
    const text = vectors.slice(row * DIM, (row + 1) * DIM);
    if (!isAdapted || transform === null) return dotFloats(query, 0, text, 0, DIM);
    const moved = applyTransform(transform, text);
    return dotFloats(query, 0, moved, 0, DIM) / Math.sqrt(dotFloats(moved, 0, moved, 0, DIM));
  });
}

const bestOf = (scores: ArrayLike<number>, rows: readonly number[], count: number): number[] =>
  rows.toSorted((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b).slice(0, count);
const allRows = Array.from({ length: vectors.length / DIM }, (_, row) => row);

/** Recall@25 of all codes, worked out from the reference scan, query by query. */
async function recallOfCodes(): Promise<number> {
  const space = createCodeSpace(index.router.space);
  let recall = 0;
  const [{ vectors: asked } = { vectors: new Float32Array(0) }] = queries;
  for (let start = 0; start < asked.length; start += DIM) {
    const query = asked.slice(start, start + DIM);
    const prepared = prepareQuery(space, query, false);
    const centroidScores = plainKernel
      .openCentroids(index.router.centroids, index.router.centroidScales, DIM)
      .score(query);
    const coded = new Float64Array(allRows.length);
    for (let cluster = 0; cluster < index.router.clusters; cluster++) {
      const { sign, rest } = await index.readCluster(cluster, signal);
      const planes = {
        layout: "cluster",
        signBlocks: sign.blocks,
        magnitudes: rest.planes,
      } as const;
      const scores = new Float32Array(rest.count);
      const block = { ...rest, h: sign.h, nibbles: unpackNibbles(planes, rest.count, DIM) };
      scanBlock(prepared, block, centroidScores[cluster] ?? 0, scores);
      rest.rows.forEach((row, i) => {
        coded[row] = scores[i] ?? 0;
      });
    }
    const exact = new Set(bestOf(exactScores(query, false), allRows, 25));
    recall += bestOf(coded, allRows, 25).filter((row) => exact.has(row)).length / 25;
  }
  return recall / (asked.length / DIM);
}

describe("the proof of an index", () => {
  it("compares codes with exact search, for both variants and all kinds of queries", async () => {
    const shares: number[] = [];
    const task = {
      index: { ...index, readRows: "given" },
      stream,
      queries,
      vectors: "base",
      kernel: plainKernel,
    } as const;
    const figures = await proveIndex(task, (share) => shares.push(share), signal);
    expect(figures.map(({ kind, variant }) => `${kind} ${variant}`)).toEqual(
      ["base", "adapted"].flatMap((variant) =>
        ["synthetic", "patches", "texts"].map((kind) => `${kind} ${variant}`),
      ),
    );
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(figures[2]?.recall[0]).toBeLessThan(0.9);
    expect(figures[0]?.recall.at(-1)).toBeCloseTo(await recallOfCodes(), 3);
    for (const { recall, recallReranked, regret, regretReranked, queries: asked } of figures) {
      expect(asked).toBe(20);
      expect(recallReranked.at(-1)).toBeGreaterThan(0.99);
      expect(recall.at(-1)).toBeGreaterThan(0.75);
      expect(recall[0]).toBeLessThanOrEqual(recall.at(-1) ?? 0);
      expect(regretReranked.at(-1)).toBeLessThan(1e-4);
      expect(regret.every((value) => value >= 0)).toBe(true);
      recallReranked.forEach((value, i) => {
        expect(value).toBeGreaterThanOrEqual(recall[i] ?? 0);
      });
    }
    const proof = { hubShare: null, figures };
    const corrupt = (why: string) => new Error(why);
    expect(parseProof(readFields(JSON.parse(JSON.stringify(proof)), "", corrupt), corrupt)).toEqual(
      proof,
    );
    expect(describeProof(proof)).toHaveLength(6 * 6);
  });

  it("is not done before the rows of its candidates were read", async () => {
    let known = 0;
    const whileReading: number[] = [];
    const readRows = (first: number, count: number) => {
      whileReading.push(known);
      return Promise.resolve(vectors.slice(first * DIM, (first + count) * DIM));
    };
    const task = { stream, queries, vectors: "base", kernel: plainKernel } as const;
    const report = (share: number) => {
      known = share;
    };
    await proveIndex({ ...task, index: { ...index, readRows } }, report, signal);
    expect(whileReading.length).toBeGreaterThan(1);
    expect(Math.max(...whileReading)).toBeLessThan(1);
    expect(known).toBe(1);
  });

  it("re-ranks by the rows that the page has", async () => {
    // rows that say the opposite: what was best comes last
    const readRows = (first: number, count: number) =>
      Promise.resolve(vectors.slice(first * DIM, (first + count) * DIM).map((value) => -value));
    const task = {
      index: { ...index, readRows },
      stream,
      queries,
      vectors: "base",
      kernel: plainKernel,
    } as const;
    const [figures] = await proveIndex(task, () => undefined, signal);
    expect(figures?.recallReranked.at(-1)).toBeLessThan(0.2);
    expect(figures?.regretReranked.at(-1)).toBeGreaterThan(figures?.regret.at(-1) ?? 0);
  });

  it("judges the variant by exact adapted scores", async () => {
    const task = {
      index: { ...index, readRows: "given" },
      stream,
      queries,
      vectors: "base",
      kernel: plainKernel,
    } as const;
    const figures = await proveIndex(task, () => undefined, signal);
    const adapted = figures.find(
      ({ variant, kind }) => variant === "adapted" && kind === "synthetic",
    );
    // the base variant's best are not the adapted one's
    const [{ vectors: asked } = { vectors: new Float32Array(0) }] = queries;
    let shared = 0;
    for (let start = 0; start < asked.length; start += DIM) {
      const query = asked.slice(start, start + DIM);
      const base = new Set(bestOf(exactScores(query, false), allRows, 25));
      shared +=
        bestOf(exactScores(query, true), allRows, 25).filter((row) => base.has(row)).length / 25;
    }
    expect(shared / 20).toBeLessThan(0.97);
    expect(adapted?.recallReranked.at(-1)).toBeGreaterThan(0.99);
  });

  it("never says that queries come nearer to a sentence than it does itself", async () => {
    const row = vectors.slice(0, DIM).map((value) => 1.000001 * value);
    const asked = Float32Array.from(Array.from({ length: 40 }, () => [...row]).flat());
    const task = {
      index: { ...index, readRows: "given" },
      stream,
      queries: [{ kind: "texts", vectors: asked }],
      vectors: "base",
      kernel: plainKernel,
    } as const;
    const [figures] = await proveIndex(task, () => undefined, signal);
    // The manifest's reader takes no more than 1.
    expect(figures?.reach).toBe(1);
  });

  it("claims no re-rank of an edition that has no exact rows", async () => {
    const task = { stream, queries, vectors: "base", kernel: plainKernel } as const;
    const prove = (readRows: "given" | null) =>
      proveIndex({ ...task, index: { ...index, readRows } }, () => undefined, signal);
    const given = await prove("given");
    const none = await prove(null);
    none.forEach((figures, i) => {
      expect(figures.recallReranked).toEqual(figures.recall);
      expect(figures.regretReranked).toEqual(figures.regret);
      expect(figures.recall).toEqual(given[i]?.recall);
    });
    expect(given[0]?.recallReranked.at(-1)).toBeGreaterThan(given[0]?.recall.at(-1) ?? 1);
  });

  it("stops when it is told to", async () => {
    const task = {
      index: { ...index, readRows: "given" },
      stream,
      queries,
      vectors: "base",
      kernel: plainKernel,
    } as const;
    await expect(proveIndex(task, () => undefined, AbortSignal.abort())).rejects.toThrow();
  });
});

describe("the proof of an edition", () => {
  it("has the hub share of the pictures, and the figures of a second index", async () => {
    const one = { index: { ...index, readRows: "given" }, stream } as const;
    const own = { ...one, index: { ...one.index, router: { ...index.router, transform: null } } };
    const images = vectors.slice(0, 10 * DIM);
    const edition = { sample: vectors, images, texts: null, seed: 1, kernel: plainKernel };
    const shared = await proveEdition(
      { ...edition, base: one, adapted: null },
      () => undefined,
      signal,
    );
    expect(shared.hubShare).toBe(measureHubShare(vectors, images, DIM));
    const shares: number[] = [];
    const both = { ...edition, base: own, adapted: own };
    const { figures } = await proveEdition(both, (share) => shares.push(share), signal);
    expect(shares.at(-1)).toBe(1);
    expect(figures.map(({ kind, variant }) => `${kind} ${variant}`)).toEqual(
      shared.figures.map(({ kind, variant }) => `${kind} ${variant}`),
    );
    expect(figures[3]?.recall).toEqual(figures[0]?.recall);
    expect(figures[0]?.recall).toEqual(shared.figures[0]?.recall);
  });
});

describe("the judge of answers", () => {
  const of = new Map([
    [1, 0.9],
    [2, 0.8],
    [3, 0.7],
    [4, 0.7],
    [5, 0.1],
  ]);

  it("counts a row that ties with the last of the best, and the loss of those that do not", () => {
    const exact = { best: [0.9, 0.8, 0.7], of };
    const query = {
      candidates: [
        [1, 5, 4],
        [4, 2, 1],
      ],
      exact,
      reranked: of,
    };
    const { recall, regret, regretReranked } = judge([query], [0.5, 1], 3);
    expect(recall).toEqual([0.6667, 1]);
    expect(regret[0]).toBeCloseTo(0.7 / 3, 5);
    expect(regret[1]).toBe(0);
    expect(regretReranked[1]).toBe(0);
  });

  it("compares fewer answers with as many of the best", () => {
    const exact = { best: [0.9, 0.8, 0.7], of };
    const { recall, regret } = judge([{ candidates: [[2]], exact, reranked: of }], [1], 3);
    expect(recall[0]).toBeCloseTo(1 / 3, 3);
    expect(regret[0]).toBeCloseTo(0.1, 5);
  });
});

describe("the queries of a proof", () => {
  it.each([4, 5, 27, 1100])("are kept back from training: %d pictures", (count) => {
    const images = vectors.slice(0, count * DIM);
    const { training, test } = holdOutPictures(images, DIM);
    expect(test.length / DIM).toBe(Math.floor(count / 5));
    const keys = (all: Float32Array) =>
      Array.from({ length: all.length / DIM }, (_, i) => all.slice(i * DIM, (i + 1) * DIM).join());
    expect(new Set([...keys(training), ...keys(test)])).toEqual(new Set(keys(images)));
    expect(keys(training)).toHaveLength(count - Math.floor(count / 5));
  });

  it("are those given, evenly spread, and patches of them", () => {
    const images = vectors.slice(0, 900 * DIM);
    const made = makeProofQueries({
      dim: DIM,
      sample: vectors,
      images,
      texts: images.slice(0, 5 * DIM),
      seed: 1,
    });
    expect(made.map(({ kind, vectors: own }) => [kind, own.length / DIM])).toEqual([
      ["images", 400],
      ["patches", 200],
      ["texts", 5],
    ]);
    const [first, patches] = made;
    expect(first?.vectors.slice(0, DIM)).toEqual(images.slice(0, DIM));
    for (const row of [0, 17, 199]) {
      const own = patches?.vectors ?? new Float32Array(0);
      expect(dotFloats(own, row * DIM, own, row * DIM, DIM)).toBeCloseTo(1, 5);
      const cosine = dotFloats(own, row * DIM, images, row * DIM, DIM);
      expect(cosine).toBeGreaterThan(0.6);
    }
  });
});
