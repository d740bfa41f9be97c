import type { ResidentCodes } from "../codes/scan-kernel.ts";

/** Blocks of one search in memory that several searches share. */
type OwnBlocks = Pick<ResidentCodes, "add" | "get" | "row" | "scan">;

/** Memory for codes that are scored once. */
export interface WorkCodes {
  /** Gives blocks 0 … `blocks` − 1 that no other search sees, until they are released. */
  take(blocks: number): { readonly codes: OwnBlocks; release(): void };
}

/** Shares `codes` among searches by giving each its own numbers. */
export function createWorkCodes(codes: ResidentCodes): WorkCodes {
  let next = 0;
  return {
    take(blocks) {
      const first = next;
      next += blocks;
      let isReleased = false;
      return {
        codes: {
          // What arrives after the search has ended would never be taken out again.
          add: (block, packed) => !isReleased && codes.add(first + block, packed),
          get: (block) => codes.get(first + block),
          row: (block, index) => codes.row(first + block, index),
          scan: (own, queries, centroidScores, scores) =>
            codes.scan(
              own.map((block) => first + block),
              queries,
              centroidScores,
              scores,
            ),
        },
        release() {
          isReleased = true;
          for (let block = 0; block < blocks; block++) codes.remove(first + block);
        },
      };
    },
  };
}
