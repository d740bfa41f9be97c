import { scanPlace } from "../../../src/core/codes/prepare-query.ts";
import type { PreparedQuery } from "../../../src/core/codes/prepared-query.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** a, b and <q, m> in float64, isAdapted as i32, and four bytes of nothing, before the query itself; see `assembly/scan.ts`. */
const HEADER_BYTES = 32;
/** Of each of the query's integers: once as 16 bits in the order of the nibble scan, once as 8 bits in that of the byte scan. */
const BYTES_PER_NUMBER = 3;

/** Puts queries into the kernel's memory, once for as long as the same ones are asked for. */
export interface QueryRoom {
  /** Address of the queries, one after the other. */
  put(queries: readonly PreparedQuery[]): number;
}

/** Creates the room for queries. Stores that share a kernel must share it too. */
export function createQueryRoom({ arena, room }: KernelMemory): QueryRoom {
  let loaded: readonly PreparedQuery[] = [];
  let address = 0;
  const isLoaded = (queries: readonly PreparedQuery[]) =>
    queries.length > 0 &&
    queries.length === loaded.length &&
    queries.every((query, index) => query === loaded[index]);
  return {
    put(queries) {
      if (isLoaded(queries)) return address;
      const codeDim = queries[0]?.codeDim ?? 0;
      const queryBytes = HEADER_BYTES + BYTES_PER_NUMBER * codeDim;
      address = room("query", queryBytes * queries.length);
      const { buffer } = arena.views().u8;
      const view = new DataView(buffer);
      queries.forEach((query, index) => {
        const at = address + index * queryBytes;
        view.setFloat64(at, query.a, true);
        view.setFloat64(at + 8, query.b, true);
        view.setFloat64(at + 16, query.hub, true);
        view.setInt32(at + 24, query.isAdapted ? 1 : 0, true);
        new Int16Array(buffer, at + HEADER_BYTES, codeDim).set(query.i16);
        const bytes = new Int8Array(buffer, at + HEADER_BYTES + 2 * codeDim, codeDim);
        for (let i = 0; i < codeDim; i++) bytes[bytePlace(i)] = query.i16[scanPlace(i)] ?? 0;
      });
      loaded = [...queries];
      return address;
    },
  };
}

/** Place of number i in the order of the byte scan: of the numbers 32j … 32j + 31, first the low nibbles of a row's 16 bytes, then the high ones. */
function bytePlace(i: number): number {
  return (i & ~31) | ((i & 1) << 4) | ((i >> 1) & 15);
}
