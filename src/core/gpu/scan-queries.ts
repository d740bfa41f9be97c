import type { PreparedQuery } from "../codes/prepared-query.ts";

/** Numbers whose order in `PreparedQuery.i16` is permuted together. */
const GROUP_DIMS = 32;
const GROUP_WORDS = 8;
const NIBBLES = 4;
/** Words of scan.wgsl's `Query`. */
const QUERY_WORDS = 4;

/** What the shader reads of several queries. */
export interface ScanQueries {
  /** [queries, rounded up to whole groups of lanes × D] the integers as floats, in the order of the dimensions. */
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
    const target = integers.subarray(index * codeDim, (index + 1) * codeDim);
    for (let group = 0; group < codeDim; group += GROUP_DIMS) {
      for (let nibble = 0; nibble < NIBBLES; nibble++) {
        for (let word = 0; word < GROUP_WORDS; word++) {
          target[group + NIBBLES * word + nibble] =
            query.i16[group + GROUP_WORDS * nibble + word] ?? 0;
        }
      }
    }
    const at = index * QUERY_WORDS;
    floats[at] = query.a;
    floats[at + 1] = query.b;
    floats[at + 2] = query.hub;
    records[at + 3] = query.isAdapted ? 1 : 0;
  });
  return { integers, records };
}
