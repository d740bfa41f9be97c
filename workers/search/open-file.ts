import type { ByteSource } from "../../src/core/bytes/source.ts";
import { type BlockMemory, createBlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import type { CheckedFile } from "./checked-file.ts";
import type { FileHost, Patience } from "./file-host.ts";
import { createHttpSource } from "./http-source.ts";
import { withBlockCache } from "./with-block-cache.ts";
import { DEFAULT_COALESCING, withCoalescing } from "./with-coalescing.ts";
import { withLimit } from "./with-limit.ts";

/** Where the blocks of a file are kept, and how urgent it is. */
export interface FileUse {
  readonly store: Pick<BlockStore, "get" | "put">;
  readonly memory: BlockMemory;
  readonly patience: Patience;
}

/** For what is kept in memory in another form. */
export const noMemory: BlockMemory = createBlockMemory(0);

/**
 * Opens a file of an edition over HTTP, in layers: cache (outermost, so that a hit takes no place among the requests), joined
 * reads, limited requests, HTTP.
 *
 * @param editionUrl ends in "/"
 */
export function openCheckedFile(
  editionUrl: string,
  { file, blocks, hashes }: CheckedFile,
  { store, memory, patience }: FileUse,
  host: FileHost,
): ByteSource {
  const http = createHttpSource({
    url: editionUrl + file.name,
    key: file.sha256,
    size: file.bytes,
    ...host.requests(patience),
  });
  const priority = patience === "background" ? "background" : "foreground";
  const joined = withCoalescing(withLimit(http, host.limiter, priority), DEFAULT_COALESCING);
  return withBlockCache(joined, { name: file.name, blocks, hashes, store, memory });
}

/**
 * Opens the beginning of a file elsewhere of which nothing is known but its address: no part of it can be checked by a hash, and
 * nothing of it is kept.
 *
 * @param size bytes of it that are read at the most
 */
export function openForeignFile(url: string, size: number, host: FileHost): ByteSource {
  const options = { url, key: url, size, isPart: true, ...host.requests("hasty") };
  const limited = withLimit(createHttpSource(options), host.limiter);
  return withCoalescing(limited, DEFAULT_COALESCING);
}
