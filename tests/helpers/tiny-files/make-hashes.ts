import {
  HASH_BYTES,
  HASHED_FILES,
  type HashedFileName,
  hashesBytes,
  hashesRange,
} from "../../../src/core/edition/hashes-file.ts";
import { type IndexBlocksShape, indexBlocks } from "../../../src/core/edition/index-blocks.ts";

/** SHA-256. */
export type Digest = (bytes: Uint8Array) => Uint8Array;

/** The `hashes` file of an index whose other files are in memory. */
export function makeHashes(
  files: Readonly<Record<HashedFileName, Uint8Array>>,
  shape: IndexBlocksShape,
  digest: Digest,
): Uint8Array<ArrayBuffer> {
  const blocks = indexBlocks(shape);
  const facts = {
    clusters: blocks.sign.count,
    works: blocks.bywork.count,
    sentences: Array.from(shape.counts).reduce((sum, count) => sum + count, 0),
    hasRows: blocks.rows !== null,
  };
  const hashes = new Uint8Array(hashesBytes(facts));
  for (const file of HASHED_FILES) {
    const map = blocks[file];
    if (map === null) continue;
    for (let block = 0; block < map.count; block++) {
      const { start, end } = map.range(block);
      const whole = digest(files[file].subarray(start, end));
      hashes.set(whole.subarray(0, HASH_BYTES), hashesRange(facts, file, block, block + 1).start);
    }
  }
  return hashes;
}
