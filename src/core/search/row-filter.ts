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
