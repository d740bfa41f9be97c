import { type BlockMap, uniformBlocks } from "../../src/core/bytes/block-map.ts";
import type { ChunkedFile, EditionFile } from "../../src/core/edition/manifest-files.ts";
import { type BlockHashes, hashesFromHex } from "./block-hashes.ts";

/** A file of an edition, and how its bytes are checked. */
export interface CheckedFile {
  readonly file: EditionFile;
  readonly blocks: BlockMap;
  readonly hashes: BlockHashes;
}

/** A file whose blocks are checked by hashes in the manifest. */
export function checkedByManifest(file: ChunkedFile): CheckedFile {
  const blocks = uniformBlocks(file.bytes, file.chunkBytes);
  return { file, blocks, hashes: hashesFromHex(file.chunkSha256) };
}
