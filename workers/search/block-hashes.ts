import type { ByteSource } from "../../src/core/bytes/source.ts";
import { HASH_BYTES } from "../../src/core/edition/hashes-file.ts";

/** What the blocks of a file must hash to. */
export interface BlockHashes {
  /** The SHA-256 of a block, or at least the first 16 bytes of it. */
  of(block: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** Hashes that stand in the manifest, as hex. */
export function hashesFromHex(hexes: readonly string[]): BlockHashes {
  return {
    of: async (block) => Uint8Array.from((hexes[block] ?? "").match(/../g) ?? [], fromHex),
  };
}

/**
 * Hashes that are listed in an edition's `hashes` file, which is itself verified: read as they are needed, because at three
 * million sentences all of them are two megabytes.
 *
 * @param first number of the entry that belongs to block 0
 */
export function listedHashes(hashes: ByteSource, first: number): BlockHashes {
  return {
    of(block, signal) {
      const start = (first + block) * HASH_BYTES;
      return hashes.read({ start, end: start + HASH_BYTES }, signal);
    },
  };
}

/** Tells whether a digest begins with the bytes that were promised, none of which may be missing. */
export function matchesHash(digest: Uint8Array, promised: Uint8Array): boolean {
  return promised.length >= HASH_BYTES && promised.every((byte, index) => byte === digest[index]);
}

function fromHex(pair: string): number {
  return Number.parseInt(pair, 16);
}
