import { scanHalves, unitRows } from "../../src/core/own-texts/half-index.ts";
import type { Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { VectorsStore } from "./vectors-store.ts";

/** A row that was found, with its unit vector. */
export interface FoundRow {
  readonly row: number;
  readonly score: number;
  readonly vector: Float32Array<ArrayBuffer>;
}

/** The vectors of one model and variant, in memory as far as a search needs them. */
export interface OwnIndex {
  /** Takes over the runs that are kept: new ones are read, those that are gone are dropped. */
  load(runs: readonly Run[], signal: AbortSignal): Promise<void>;
  /** The `count` closest of the rows that `accepts` lets through, with exact scores, best first. */
  search(
    query: Float32Array,
    count: number,
    accepts: (row: number) => boolean,
  ): readonly FoundRow[];
  /** Scores of the rows that `accepts` lets through, `most` at most. */
  sampleScores(query: Float32Array, most: number, accepts: (row: number) => boolean): Float32Array;
}

/** Runs that one transaction reads. */
const RUNS_AT_ONCE = 128;

/** Creates an empty index over what `store` keeps. */
export function createOwnIndex(
  model: AdoptedModel,
  variant: ModelVariant,
  store: Pick<VectorsStore, "read">,
): OwnIndex {
  const { dim } = model;
  const held = new Map<string, Run & { readonly halves: Uint16Array<ArrayBuffer> }>();
  return {
    async load(runs, signal) {
      const wanted = new Map(runs.map((run) => [keyOf(run), run]));
      for (const key of [...held.keys()]) if (!wanted.has(key)) held.delete(key);
      const missing = [...wanted].filter(([key]) => !held.has(key)).map(([, run]) => run);
      for (let at = 0; at < missing.length; at += RUNS_AT_ONCE) {
        signal.throwIfAborted();
        const portion = missing.slice(at, at + RUNS_AT_ONCE);
        const read = await store.read(model, variant, portion);
        for (const [index, run] of portion.entries()) {
          const halves = read[index];
          // Of another length, or gone meanwhile: the next look at what is kept tells.
          if (halves?.length === run.count * dim) held.set(keyOf(run), { ...run, halves });
        }
      }
    },
    search(query, count, accepts) {
      const top = createTopK(count);
      for (const run of held.values()) {
        scanHalves(run, query, (row, score) => {
          if (score >= top.threshold() && accepts(row)) top.offer(row, score);
        });
      }
      return top.take().map(({ id: row, score }) => ({ row, score, vector: vectorOf(row) }));
    },
    sampleScores(query, most, accepts) {
      const scores: number[] = [];
      for (const run of held.values()) {
        if (scores.length >= most) break;
        scanHalves(run, query, (row, score) => {
          if (scores.length < most && accepts(row)) scores.push(score);
        });
      }
      return Float32Array.from(scores);
    },
  };

  function vectorOf(row: number): Float32Array<ArrayBuffer> {
    for (const { firstRow, count, halves } of held.values()) {
      if (row < firstRow || row >= firstRow + count) continue;
      const start = (row - firstRow) * dim;
      return unitRows(halves.subarray(start, start + dim), dim);
    }
    return new Float32Array(dim);
  }
}

function keyOf({ firstRow, count }: Run): string {
  return `${firstRow}+${count}`;
}
