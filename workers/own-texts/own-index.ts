import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { type Run, runKey } from "../../src/core/own-texts/row-runs.ts";
import { unitRows } from "../../src/core/own-texts/unit-rows.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { createCodedBlocks } from "./coded-blocks.ts";
import type { CodesStore } from "./codes-store.ts";
import { createUncodedRows, type ReadHalves } from "./uncoded-rows.ts";
import type { VectorsStore } from "./vectors-store.ts";

/** A row that was found, with its unit vector. */
interface FoundRow {
  readonly row: number;
  readonly score: number;
  readonly vector: Float32Array<ArrayBuffer>;
}

/**
 * The vectors of one model and variant, as far as a search needs them in memory: codes of four bits for blocks of rows, and
 * exact vectors for the few that no block holds yet. The best by code are scored again by their stored halves.
 */
export interface OwnIndex {
  /** Takes over what is kept. */
  load(runs: readonly Run[], signal: AbortSignal): Promise<void>;
  /** The `count` closest of the rows that `accepts` lets through, with exact scores, best first. */
  search(
    query: Float32Array<ArrayBuffer>,
    count: number,
    accepts: (row: number) => boolean,
    signal: AbortSignal,
  ): Promise<readonly FoundRow[]>;
  /** Scores of rows that `accepts` lets through, `most` at most, some of them by code. */
  sampleScores(
    query: Float32Array<ArrayBuffer>,
    most: number,
    accepts: (row: number) => boolean,
  ): Float32Array;
}

/** Where the index reads. */
export interface IndexStores {
  readonly vectors: Pick<VectorsStore, "read">;
  readonly codes: CodesStore;
}

/** Candidates beyond those asked for that are scored exactly: the true 25 lie among the best 75 by code (docs/decisions). */
const RERANK_MARGIN = 50;

/** Creates an empty index over what is kept. */
export function createOwnIndex(
  model: AdoptedModel,
  variant: ModelVariant,
  { vectors, codes }: IndexStores,
  kernel: ScanKernel,
): OwnIndex {
  const { dim } = model;
  const readHalves: ReadHalves = (runs) => vectors.read(model, variant, runs);
  const uncoded = createUncodedRows(dim, readHalves);
  const coded = createCodedBlocks(dim, kernel, {
    spans: () => codes.spans(model, variant),
    read: (spans) => codes.read(model, variant, spans),
    remove: (spans) => codes.remove(model, variant, spans),
  });

  /** The candidates with their exact scores; those whose vectors are gone are left out. */
  async function scoreExactly(
    query: Float32Array,
    candidates: ReadonlyMap<number, Run>,
  ): Promise<ReadonlyMap<number, FoundRow>> {
    const runs = [...new Map([...candidates.values()].map((run) => [runKey(run), run])).values()];
    const read = await readHalves(runs);
    const halvesOf = new Map(runs.map((run, index) => [run, read[index]]));
    const scored = new Map<number, FoundRow>();
    for (const [row, run] of candidates) {
      const start = (row - run.firstRow) * dim;
      const halves = halvesOf.get(run)?.subarray(start, start + dim);
      if (halves?.length !== dim) continue;
      const vector = unitRows(halves, dim);
      scored.set(row, { row, vector, score: dotFloats(vector, 0, query, 0, dim) });
    }
    return scored;
  }

  return {
    async load(runs, signal) {
      await coded.load(new Set(runs.map(runKey)), signal);
      await uncoded.load(
        runs.filter((run) => !coded.holds(run)),
        signal,
      );
    },
    async search(query, count, accepts, signal) {
      const byCode = createTopK(count + RERANK_MARGIN);
      const runOf = new Map<number, Run>();
      coded.scan(query, (row, score, run) => {
        if (score < byCode.threshold() || !accepts(row)) return;
        byCode.offer(row, score);
        runOf.set(row, run);
      });
      const candidates = new Map<number, Run>();
      for (const { id } of byCode.take()) {
        const run = runOf.get(id);
        if (run !== undefined) candidates.set(id, run);
      }
      const exact = await scoreExactly(query, candidates);
      signal.throwIfAborted();
      const top = createTopK(count);
      for (const { row, score } of exact.values()) top.offer(row, score);
      uncoded.scan(query, (row, score) => {
        if (score >= top.threshold() && accepts(row) && !exact.has(row)) top.offer(row, score);
      });
      return top.take().flatMap(({ id: row, score }) => {
        const found = exact.get(row);
        if (found !== undefined) return [found];
        const vector = uncoded.vector(row);
        return vector === null ? [] : [{ row, score, vector }];
      });
    },
    sampleScores(query, most, accepts) {
      const scores: number[] = [];
      const offer = (row: number, score: number): void => {
        if (scores.length < most && accepts(row)) scores.push(score);
      };
      uncoded.scan(query, offer);
      coded.scan(query, offer);
      return Float32Array.from(scores);
    },
  };
}
