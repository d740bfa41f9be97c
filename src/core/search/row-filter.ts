import type { ResidentBlock } from "../codes/scan-kernel.ts";

/** Which rows a search leaves out, before anything is ranked. */
export interface RowFilter {
  /** One byte per work, 0 where its rows are left out; null for all works. */
  readonly works: Uint8Array | null;
  /** Quality flags of which a row must have none. */
  readonly hiddenFlags: number;
}

/** Tells whether a row of a block passes. */
export function passes(
  { works, hiddenFlags }: RowFilter,
  block: Pick<ResidentBlock, "flags" | "works">,
  index: number,
): boolean {
  if (((block.flags[index] ?? 0) & hiddenFlags) !== 0) return false;
  return works === null || works[block.works[index] ?? 0] !== 0;
}

/** How many rows the works that pass have together. */
export function rowsOfWorks(works: Uint8Array, firstRows: Uint32Array): number {
  let rows = 0;
  for (const [work, isWanted] of works.entries()) {
    if (isWanted !== 0) rows += (firstRows[work + 1] ?? 0) - (firstRows[work] ?? 0);
  }
  return rows;
}
