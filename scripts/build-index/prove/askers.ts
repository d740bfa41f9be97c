import type { Candidates } from "./scan-candidates.ts";

/** The queries that want to know the exact score of a row. */
export interface Askers {
  /** All rows that anybody asks about, ascending. */
  readonly rows: Uint32Array;
  /** Queries of one set that ask about a row. */
  of(set: number, row: number): readonly number[];
}

const NOBODY: readonly number[] = [];

/** Turns the candidates of queries, by set, around. */
export function collectAskers(candidates: readonly (readonly Candidates[])[]): Askers {
  const bySet = candidates.map((queries) => {
    const asking = new Map<number, number[]>();
    queries.forEach((shares, query) => {
      for (const row of new Set(shares.flat())) {
        const known = asking.get(row);
        if (known === undefined) asking.set(row, [query]);
        else known.push(query);
      }
    });
    return asking;
  });
  const rows = new Set(bySet.flatMap((asking) => [...asking.keys()]));
  return {
    rows: Uint32Array.from(rows).sort(),
    of: (set, row) => bySet[set]?.get(row) ?? NOBODY,
  };
}
