import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { FileDigest } from "../../src/config/model-sources.ts";

/** A hash over content that arrives in parts. */
export interface ContentHash {
  update(bytes: Uint8Array): void;
  /** Hex of the hash; nothing more can be added then. */
  hex(): string;
}

/**
 * Starts a hash.
 *
 * @param bytes length of the content, which Git's blob hash begins with (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects)
 */
export function createContentHash(
  algorithm: FileDigest["algorithm"],
  bytes: number | null,
): ContentHash {
  const hash = algorithm === "sha256" ? sha256.create() : sha1.create();
  if (algorithm === "git-sha1") hash.update(new TextEncoder().encode(`blob ${bytes}\0`));
  return { update: (part) => void hash.update(part), hex: () => bytesToHex(hash.digest()) };
}
