import { dotFloats } from "../../src/core/search/dot.ts";
import { median } from "../median.ts";
import type { BenchData, SearchMethod } from "./method.ts";

/** Answers that are compared. */
export const ANSWERS = 25;

/** What one method did for one kind of queries. */
export interface MethodFigures {
  readonly recall: number;
  /** By how much the mean exact score of the answers is below that of the exact best. */
  readonly regret: number;
  /** Median over queries of the least of three times, in milliseconds: what others do on the machine counts little. */
  readonly queryMs: number;
  /** Median of what has to be fetched before an answer when nothing is on the device. */
  readonly coldBytes: number;
}

/** The exact best of a query: their scores, best first. */
export type ExactBest = readonly number[];

/** The exact scores of the best `ANSWERS` rows of each query, by the exact scan. */
export function findExactBest(
  data: BenchData,
  queries: Float32Array<ArrayBuffer>,
  exact: SearchMethod,
): ExactBest[] {
  return eachQuery(queries, data.dim).map((query) =>
    exact.search(query, ANSWERS).rows.map((row) => scoreOf(data, query, row)),
  );
}

/** Runs a method over queries and compares its answers with the exact best; a row that ties with the last counts. */
export function measureMethod(
  data: BenchData,
  queries: Float32Array<ArrayBuffer>,
  best: readonly ExactBest[],
  method: SearchMethod,
): MethodFigures {
  const asked = eachQuery(queries, data.dim);
  let recall = 0;
  let regret = 0;
  const times: number[] = [];
  const cold: number[] = [];
  asked.forEach((query, i) => {
    const { rows, coldBytes } = method.search(query, ANSWERS);
    times.push(leastTime(() => method.search(query, ANSWERS)));
    cold.push(coldBytes);
    const exact = best[i] ?? [];
    const least = (exact.at(-1) ?? 0) - TOLERANCE;
    const scores = rows.map((row) => scoreOf(data, query, row));
    recall += scores.filter((score) => score >= least).length / exact.length / asked.length;
    regret += (mean(exact) - mean(scores)) / asked.length;
  });
  return { recall, regret, queryMs: median(times), coldBytes: median(cold) };
}

/** Times that a query is repeated. */
const REPEATS = 3;

/** The least of three times, in milliseconds. */
export function leastTime(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Sums in another order differ by so much. */
const TOLERANCE = 1e-6;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

function scoreOf({ rows, dim }: BenchData, query: Float32Array, row: number): number {
  return dotFloats(query, 0, rows, row * dim, dim);
}

/** The queries [count × dim] one by one. */
export function eachQuery(
  queries: Float32Array<ArrayBuffer>,
  dim: number,
): Float32Array<ArrayBuffer>[] {
  return Array.from({ length: queries.length / dim }, (_, i) =>
    queries.slice(i * dim, (i + 1) * dim),
  );
}
