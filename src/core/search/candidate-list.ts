import type { ResidentBlock, ResidentCodes, ResidentRow } from "../codes/scan-kernel.ts";
import type { FoundRow } from "./resident-finder.ts";
import { passes, type RowFilter } from "./row-filter.ts";
import { createTopK } from "./top-k.ts";

/** One of the best rows by code, with what is needed to show it or to re-rank it. */
export interface Candidate {
  readonly row: number;
  readonly work: number;
  readonly flags: number;
  readonly score: number;
  /** Cluster whose centroid its code is relative to. */
  readonly cluster: number;
  readonly code: ResidentRow;
}

/** The best rows of all blocks scanned so far. */
export interface CandidateList {
  /** Takes the scores [count] of a resident block; rows that the filter leaves out are passed over. Allocates nothing per row. */
  add(block: number, rows: ResidentBlock, scores: Float32Array): void;
  /** Takes a row of a resident block that was scored and filtered elsewhere. */
  offer(found: FoundRow): void;
  /** Copies what is kept of a block, which is about to leave memory. */
  save(block: number): void;
  /** The best so far, best first; ties go to the lower place. */
  best(): Candidate[];
}

/** Where the rows of blocks are. */
export interface BlockLayout {
  /** Place of the first row of each block, ascending; places are consecutive. */
  readonly firstPlaces: Uint32Array;
  /** Cluster of a row of a block. */
  clusterOf(block: number, index: number): number;
}

/**
 * Creates an empty list that keeps the `size` best.
 *
 * @param codes where the blocks are, so that the rows that were kept can be read in the end
 */
export function createCandidateList(
  codes: Pick<ResidentCodes, "get" | "row">,
  layout: BlockLayout,
  size: number,
  filter: RowFilter,
): CandidateList {
  const top = createTopK(size);
  const { firstPlaces } = layout;
  const saved = new Map<number, Candidate>();
  const read = (place: number, score: number): Candidate | null => {
    const block = blockOf(firstPlaces, place);
    const rows = codes.get(block);
    const index = place - (firstPlaces[block] ?? 0);
    const row = rows?.rows[index];
    if (rows === undefined || row === undefined) return null;
    const [work, flags] = [rows.works[index] ?? 0, rows.flags[index] ?? 0];
    const cluster = layout.clusterOf(block, index);
    return { row, work, flags, score, cluster, code: codes.row(block, index) };
  };
  return {
    add(block, rows, scores) {
      const first = firstPlaces[block] ?? 0;
      let threshold = top.threshold();
      for (let i = 0; i < rows.count; i++) {
        const score = scores[i] as number;
        // First, because it spares most rows the look-up of what they are.
        if (score < threshold || !passes(filter, rows, i)) continue;
        top.offer(first + i, score);
        threshold = top.threshold();
      }
    },
    offer: ({ block, index, score }) => top.offer((firstPlaces[block] ?? 0) + index, score),
    save(block) {
      const first = firstPlaces[block] ?? 0;
      const end = first + (codes.get(block)?.count ?? 0);
      for (const { id, score } of top.take()) {
        if (id < first || id >= end) continue;
        const candidate = read(id, score);
        if (candidate !== null) saved.set(id, candidate);
      }
    },
    best: () => top.take().flatMap(({ id, score }) => saved.get(id) ?? read(id, score) ?? []),
  };
}

/** The last block that begins at or before `place`; empty blocks before it are passed over. */
function blockOf(firstPlaces: Uint32Array, place: number): number {
  let low = 0;
  let high = firstPlaces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firstPlaces[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
