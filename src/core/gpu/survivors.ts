import type { PreparedQuery } from "../codes/prepared-query.ts";

/** Words of scan.wgsl's survivor records. */
const RECORD_WORDS = 7;
export const RECORD_BYTES = 4 * RECORD_WORDS;

/** A row that can be among the best of a query, with all that its exact score takes. */
export interface Survivor {
  readonly query: number;
  readonly block: number;
  /** Of the row, in its block. */
  readonly index: number;
  /** Σ i16 · u. */
  readonly sum: number;
  readonly f4: number;
  readonly h: number;
  readonly adaptedFactor: number;
}

/** Reads the records that the shader left. */
export function readSurvivors(records: Uint32Array, count: number): Survivor[] {
  const signed = new Int32Array(records.buffer, records.byteOffset, records.length);
  const floats = new Float32Array(records.buffer, records.byteOffset, records.length);
  return Array.from({ length: count }, (_, index) => {
    const at = index * RECORD_WORDS;
    return {
      query: records[at] ?? 0,
      block: records[at + 1] ?? 0,
      index: records[at + 2] ?? 0,
      sum: signed[at + 3] ?? 0,
      f4: floats[at + 4] ?? 0,
      h: floats[at + 5] ?? 0,
      adaptedFactor: floats[at + 6] ?? 0,
    };
  });
}

/**
 * The score of a row as the other kernels compute it, in float64, then rounded:
 * (centroidScore + h · <q, m> + f4 · (a · Σ i16 · u + b)) · (adaptedFactor where the query is adapted).
 */
export function exactScore(row: Survivor, query: PreparedQuery, centroidScore: number): number {
  const score = centroidScore + row.h * query.hub + row.f4 * (query.a * row.sum + query.b);
  return Math.fround(score * (query.isAdapted ? row.adaptedFactor : 1));
}
