import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import type { EditionSources } from "../../src/core/search/open-edition.ts";
import { createRetry, sleep } from "../retry.ts";
import { BLOCK_MEMORY_BYTES, createBlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import { createHttpSource } from "./http-source.ts";
import { sourcesOfEdition } from "./verified-sources.ts";
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
  const openUrl = (url: string, key: string, size: number): ByteSource => {
    const http = createHttpSource({ url, key, size, fetch, retry, now: () => performance.now() });
    return withCoalescing(withLimit(http, limiter), DEFAULT_COALESCING);
  };
  return sourcesOfEdition(manifest, {
    open: (file) => openUrl(editionUrl + file.name, file.sha256, file.bytes),
    openElsewhere: (url, end) => openUrl(url, url, end),
    store,
    memory: createBlockMemory(BLOCK_MEMORY_BYTES),
  });
}
