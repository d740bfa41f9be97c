import { type BlockMap, countedBlocks, uniformBlocks } from "../bytes/block-map.ts";
import { codeDimOf } from "../codes/code-dim.ts";
import { byworkBytesPerRow } from "./bywork-file.ts";
import type { ExactRows } from "./edition-manifest.ts";
import { type HashedFileName, ROWS_PER_GROUP } from "./hashes-file.ts";
import { restBytesPerRow } from "./rest-file.ts";
import { signBytesPerRow } from "./sign-file.ts";

/** What the blocks of an index follow from. */
export interface IndexBlocksShape {
  readonly dim: number;
  /** Rows of each cluster. */
  readonly counts: ArrayLike<number>;
  /** Rows of each work. */
  readonly sentencesOfWorks: ArrayLike<number>;
  /** Numbers of the exact rows; null where the edition has no file of them. */
  readonly exact: ExactRows["type"] | null;
}

/** Bytes of a number of an exact row. */
export const EXACT_BYTES = { f32: 4, f16: 2 } as const;

/** The blocks of each file that `hashes` lists: clusters, works, and groups of 32 rows. */
export function indexBlocks(shape: IndexBlocksShape): Readonly<
  Record<Exclude<HashedFileName, "rows">, BlockMap>
> & {
  readonly rows: BlockMap | null;
} {
  const { dim, counts, sentencesOfWorks, exact } = shape;
  const codeDim = codeDimOf(dim);
  const bywork = countedBlocks(sentencesOfWorks, byworkBytesPerRow(codeDim));
  const sentences = bywork.size / byworkBytesPerRow(codeDim);
  const rowBytes = exact === null ? 0 : dim * EXACT_BYTES[exact];
  return {
    sign: countedBlocks(counts, signBytesPerRow(codeDim)),
    rest: countedBlocks(counts, restBytesPerRow(codeDim)),
    bywork,
    rows: exact === null ? null : uniformBlocks(sentences * rowBytes, ROWS_PER_GROUP * rowBytes),
  };
}
