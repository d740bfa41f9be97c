import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { ChunkedFile, EditionFile } from "../../../src/core/edition/manifest-files.ts";
import type { WrittenFile } from "./file-writer.ts";

/** Hex digits of the hash in a file's name: enough that no two contents ever share one. */
const NAME_DIGITS = 16;
/** Chunks are hashed one by one so that a part can be checked alone: small, but no more of them than a manifest bears. */
const LEAST_CHUNK_BYTES = 32 * 1024;
const MOST_CHUNKS = 1024;
/** Every sentence that is shown costs a chunk of these: at 3.1 million 128 KiB in place of 512, for 160 kB more of the manifest. */
const MOST_CHUNKS_OF_TEXTS = 4096;

/** The size of the chunks that a file of `size` bytes is checked by. */
export function chunkBytesOf(name: string, size: number): number {
  const most = name === "texts" ? MOST_CHUNKS_OF_TEXTS : MOST_CHUNKS;
  let chunkBytes = LEAST_CHUNK_BYTES;
  while (size > chunkBytes * most) chunkBytes *= 2;
  return chunkBytes;
}

/** Hashes a file of known size chunk by chunk. */
function createChunkHasher(name: string, size: number) {
  const chunkBytes = chunkBytesOf(name, size);
  const whole = createHash("sha256");
  const chunkSha256: string[] = [];
  let chunk = createHash("sha256");
  let filled = 0;
  const endChunk = () => {
    chunkSha256.push(chunk.digest("hex"));
    chunk = createHash("sha256");
    filled = 0;
  };
  return {
    add(bytes: Uint8Array) {
      whole.update(bytes);
      for (let at = 0; at < bytes.length; ) {
        const taken = Math.min(chunkBytes - filled, bytes.length - at);
        chunk.update(bytes.subarray(at, at + taken));
        at += taken;
        filled += taken;
        if (filled === chunkBytes) endChunk();
      }
    },
    finish(): ChunkedFile {
      if (filled > 0) endChunk();
      const sha256 = whole.digest("hex");
      const fullName = `${name}.${sha256.slice(0, NAME_DIGITS)}.bin`;
      return { name: fullName, bytes: size, sha256, chunkBytes, chunkSha256 };
    },
  };
}

/** Writes a file of an edition that lies in memory. */
export async function writeChunkedFile(
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<ChunkedFile> {
  const hasher = createChunkHasher(name, bytes.length);
  hasher.add(bytes);
  const file = hasher.finish();
  const partial = join(folder, `${name}.partial`);
  await writeFile(partial, bytes);
  await rename(partial, join(folder, file.name));
  return file;
}

/** Copies a file into an edition, in pieces. */
export async function copyChunkedFile(
  folder: string,
  name: string,
  from: string,
  signal: AbortSignal,
): Promise<ChunkedFile> {
  const { size } = await stat(from);
  const hasher = createChunkHasher(name, size);
  const partial = join(folder, `${name}.partial`);
  await pipeline(
    createReadStream(from),
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        hasher.add(piece);
        yield piece;
      }
    },
    createWriteStream(partial),
    { signal },
  );
  const file = hasher.finish();
  await rename(partial, join(folder, file.name));
  return file;
}

/** Tells whether files that were written are still there, as long as they were. */
export async function isWritten(folder: string, files: readonly EditionFile[]): Promise<boolean> {
  const sizes = await Promise.all(
    files.map(async ({ name, bytes }) => {
      const found = await stat(join(folder, name)).catch(() => null);
      return found?.size === bytes;
    }),
  );
  return sizes.every(Boolean);
}

/** The `hashes` of an index: those of `sign`, `rest`, `bywork` and, where it is there, `rows`. */
export function joinHashes(parts: readonly (WrittenFile | null)[]): Uint8Array<ArrayBuffer> {
  const present = parts.filter((part) => part !== null);
  const joined = new Uint8Array(present.reduce((sum, { hashes }) => sum + hashes.length, 0));
  let at = 0;
  for (const { hashes } of present) {
    joined.set(hashes, at);
    at += hashes.length;
  }
  return joined;
}
