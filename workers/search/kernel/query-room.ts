import type { PreparedQuery } from "../../../src/core/codes/prepared-query.ts";
import type { KernelMemory } from "./kernel-memory.ts";

/** a, b and <q, m> in float64, isAdapted as i32, and four bytes of nothing, before the query itself; see `assembly/scan.ts`. */
const HEADER_BYTES = 32;

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
      const queryBytes = HEADER_BYTES + 2 * codeDim;
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
      });
      loaded = [...queries];
      return address;
    },
  };
}
