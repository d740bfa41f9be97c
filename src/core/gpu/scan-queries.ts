import { scanPlace } from "../codes/prepare-query.ts";
import type { PreparedQuery } from "../codes/prepared-query.ts";

/** Words of scan.wgsl's `Query`. */
const QUERY_WORDS = 4;

/** Queries that share one read of a row: LANES of scan.wgsl. */
const LANES = 8;

/** What the shader reads of queries. */
export interface ScanQueries {
  /** [queries × D] the integers as floats, in the order of the numbers. */
  readonly integers: Float32Array<ArrayBuffer>;
  /** [groups × D × 8] the same, number by number for the eight queries of a group; zeros where a group is not full. */
  readonly lanes: Float32Array<ArrayBuffer>;
  /** [queries × 4] a, b, <q, m>, and 1 where adapted factors apply (a u32). */
  readonly records: Uint32Array<ArrayBuffer>;
}

/** Lays queries out for scan.wgsl. */
export function scanQueries(queries: readonly PreparedQuery[], codeDim: number): ScanQueries {
  const groups = Math.ceil(queries.length / LANES);
  const integers = new Float32Array(queries.length * codeDim);
  const lanes = new Float32Array(groups * LANES * codeDim);
  const records = new Uint32Array(queries.length * QUERY_WORDS);
  const floats = new Float32Array(records.buffer);
  queries.forEach((query, index) => {
    const group = Math.floor(index / LANES);
    for (let i = 0; i < codeDim; i++) {
      const value = query.i16[scanPlace(i)] ?? 0;
      integers[index * codeDim + i] = value;
      lanes[(group * codeDim + i) * LANES + (index % LANES)] = value;
    }
    const at = index * QUERY_WORDS;
    floats[at] = query.a;
    floats[at + 1] = query.b;
    floats[at + 2] = query.hub;
    records[at + 3] = query.isAdapted ? 1 : 0;
  });
  return { integers, lanes, records };
}
