import { scanPlace } from "../codes/prepare-query.ts";
import type { PreparedQuery } from "../codes/prepared-query.ts";

/** Words of scan.wgsl's `Query`. */
const QUERY_WORDS = 4;

/** What the shader reads of several queries. */
export interface ScanQueries {
  /** [queries, rounded up to whole groups of lanes × D] the integers as floats, in the order of the numbers. */
  readonly integers: Float32Array<ArrayBuffer>;
  /** [queries × 4] a, b, <q, m>, and 1 where adapted factors apply (a u32). */
  readonly records: Uint32Array<ArrayBuffer>;
}

/**
 * Lays queries out for scan.wgsl.
 *
 * @param lanes queries that the shader takes together; the last group is filled up with zeros
 */
export function scanQueries(
  queries: readonly PreparedQuery[],
  codeDim: number,
  lanes: number,
): ScanQueries {
  const padded = Math.ceil(queries.length / lanes) * lanes;
  const integers = new Float32Array(padded * codeDim);
  const records = new Uint32Array(queries.length * QUERY_WORDS);
  const floats = new Float32Array(records.buffer);
  queries.forEach((query, index) => {
    for (let i = 0; i < codeDim; i++) {
      integers[index * codeDim + i] = query.i16[scanPlace(i)] ?? 0;
    }
    const at = index * QUERY_WORDS;
    floats[at] = query.a;
    floats[at + 1] = query.b;
    floats[at + 2] = query.hub;
    records[at + 3] = query.isAdapted ? 1 : 0;
  });
  return { integers, records };
}
