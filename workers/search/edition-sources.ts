import { uniformBlocks } from "../../src/core/bytes/block-map.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionFileName, EditionManifest } from "../../src/core/edition/manifest.ts";
import type { EditionSources } from "../../src/core/search/open-edition.ts";
import { createRetry, sleep } from "../retry.ts";
import { hashesFromHex } from "./block-hashes.ts";
import { BLOCK_MEMORY_BYTES, createBlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import { createHttpSource } from "./http-source.ts";
import { withBlockCache } from "./with-block-cache.ts";
import { DEFAULT_COALESCING, withCoalescing } from "./with-coalescing.ts";
import { createLimiter, REQUESTS_IN_FLIGHT, withLimit } from "./with-limit.ts";

/** What the sources need from their surroundings. */
export interface SourceOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly store: BlockStore;
}

/**
 * The files of an edition over HTTP, in layers: cache (outermost, so that a hit takes no place among the requests), joined
 * reads, limited requests, HTTP.
 *
 * @param editionUrl ends in "/"
 */
export function createEditionSources(
  editionUrl: string,
  manifest: EditionManifest,
  { fetch, store }: SourceOptions,
): EditionSources {
  const limiter = createLimiter(REQUESTS_IN_FLIGHT);
  const retry = createRetry(sleep);
  const memory = createBlockMemory(BLOCK_MEMORY_BYTES);
  // Decoded codes stay in memory anyway: keeping their blocks as well would only push out exact rows.
  const noMemory = createBlockMemory(0);
  const open = (name: EditionFileName): ByteSource => {
    const file = manifest.files[name];
    const http = createHttpSource({
      url: editionUrl + file.name,
      key: file.sha256,
      size: file.bytes,
      fetch,
      retry,
      now: () => performance.now(),
    });
    const joined = withCoalescing(withLimit(http, limiter), DEFAULT_COALESCING);
    const blockMemory = name === "codes" ? noMemory : memory;
    return withBlockCache(joined, {
      name: file.name,
      blocks: uniformBlocks(file.bytes, file.chunkBytes),
      hashes: hashesFromHex(file.chunkSha256),
      store,
      memory: blockMemory,
    });
  };
  return {
    router: open("router"),
    codes: open("codes"),
    rows: open("rows"),
    works: open("works"),
    texts: open("texts"),
    sources: open("sources"),
  };
}
