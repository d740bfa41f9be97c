import { createHash, type Hash } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { HASH_BYTES } from "../../../src/core/edition/hashes-file.ts";
import type { EditionFile } from "../../../src/core/edition/manifest-files.ts";

/** Hex digits of the hash in a file's name: enough that no two contents ever share one. */
const NAME_DIGITS = 16;
/** Bytes that are collected before they are written. */
const BUFFER_BYTES = 1 << 22;

/** Bytes of the consecutive blocks of a file, each with a hash of its own; a block may be empty. */
export interface BlockSizes {
  readonly count: number;
  bytes(block: number): number;
}

/** A file as it was written. */
export interface WrittenFile {
  readonly file: EditionFile;
  /** The first 16 bytes of the SHA-256 of every block, one after the other. */
  readonly hashes: Uint8Array<ArrayBuffer>;
}

/** Takes the bytes of a file in order. */
export interface BlockWriter {
  append(bytes: Uint8Array): Promise<void>;
  /** Closes the file and gives it its name. Throws RangeError where the blocks are not full. */
  finish(): Promise<WrittenFile>;
  /** Closes it after an error. */
  abandon(): Promise<void>;
}

/**
 * Writes a file of an edition in one pass: its hash, which becomes part of its name, and the hash of every block.
 *
 * @param name as in the manifest's `files`
 */
export async function createBlockWriter(
  folder: string,
  name: string,
  blocks: BlockSizes,
): Promise<BlockWriter> {
  const partial = join(folder, `${name}.partial`);
  const handle = await open(partial, "w");
  const whole = createHash("sha256");
  const hashes = new Uint8Array(blocks.count * HASH_BYTES);
  let written = 0;
  let block = 0;
  let left = 0;
  let hash: Hash | null = null;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  /** Ends blocks that are full, and begins those that follow as long as they are empty. */
  const turn = () => {
    while (left === 0) {
      if (hash !== null) {
        hashes.set(hash.digest().subarray(0, HASH_BYTES), block * HASH_BYTES);
        block++;
        hash = null;
      }
      if (block === blocks.count) return;
      hash = createHash("sha256");
      left = blocks.bytes(block);
    }
  };
  const flush = async () => {
    if (pendingBytes > 0) await handle.writev(pending);
    pending = [];
    pendingBytes = 0;
  };
  turn();
  return {
    async append(bytes) {
      whole.update(bytes);
      written += bytes.length;
      for (let at = 0; at < bytes.length; ) {
        if (hash === null) throw new RangeError(`${name} is longer than its blocks`);
        const size = Math.min(left, bytes.length - at);
        hash.update(bytes.subarray(at, at + size));
        at += size;
        left -= size;
        turn();
      }
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= BUFFER_BYTES) await flush();
    },
    async finish() {
      if (block !== blocks.count) throw new RangeError(`${name} is shorter than its blocks`);
      await flush();
      await handle.datasync();
      await handle.close();
      const sha256 = whole.digest("hex");
      const file = { name: `${name}.${sha256.slice(0, NAME_DIGITS)}.bin`, bytes: written, sha256 };
      await rename(partial, join(folder, file.name));
      return { file, hashes };
    },
    abandon: () => handle.close(),
  };
}
