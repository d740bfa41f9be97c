import type { ByteRange } from "../bytes/source.ts";
import { AppError } from "../errors.ts";

/** Bytes that are kept of a SHA-256: 128 bits, beyond any search for a second content. */
export const HASH_BYTES = 16;
/** Rows of `rows` that one hash covers: what the re-rank of one row has to fetch. */
export const ROWS_PER_GROUP = 32;

/** The files that are read, checked and kept by the blocks that `hashes` lists. */
export const HASHED_FILES = ["sign", "rest", "bywork", "rows"] as const;
export type HashedFileName = (typeof HASHED_FILES)[number];

/** What the layout of `hashes` follows from. */
export interface HashesShape {
  readonly clusters: number;
  readonly works: number;
  readonly sentences: number;
  readonly hasRows: boolean;
}

/** How many blocks of each file there are: a cluster, a work, or a group of 32 rows each. */
export function hashedBlocks(shape: HashesShape): Readonly<Record<HashedFileName, number>> {
  const { clusters, works, sentences, hasRows } = shape;
  const rows = hasRows ? Math.ceil(sentences / ROWS_PER_GROUP) : 0;
  return { sign: clusters, rest: clusters, bywork: works, rows };
}

/** Bytes of the whole file. */
export function hashesBytes(shape: HashesShape): number {
  const blocks = hashedBlocks(shape);
  return HASHED_FILES.reduce((sum, file) => sum + blocks[file] * HASH_BYTES, 0);
}

/**
 * Where the hashes of the blocks [first, end) of `file` lie.
 *
 * @throws AppError `invalid-argument` for blocks that the file has not
 */
export function hashesRange(
  shape: HashesShape,
  file: HashedFileName,
  first: number,
  end: number,
): ByteRange {
  const blocks = hashedBlocks(shape);
  if (!(first >= 0 && first <= end && end <= blocks[file])) {
    throw new AppError({
      code: "invalid-argument",
      what: `blocks [${first}, ${end}) of ${blocks[file]} in ${file}`,
    });
  }
  let start = 0;
  for (const before of HASHED_FILES) {
    if (before === file) break;
    start += blocks[before] * HASH_BYTES;
  }
  return { start: start + first * HASH_BYTES, end: start + end * HASH_BYTES };
}

/** What `hashes` keeps of a SHA-256 given in hex: its first 16 bytes, in hex. */
export function truncateHash(sha256: string): string {
  return sha256.slice(0, 2 * HASH_BYTES);
}

/** The kept hash number `index` of `bytes`, in hex, to compare with {@link truncateHash}. */
export function keptHash(bytes: Uint8Array, index: number): string {
  const kept = bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  return Array.from(kept, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
