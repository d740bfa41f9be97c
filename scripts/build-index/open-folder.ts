import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import {
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../src/core/edition/edition-manifest.ts";
import type { EditionFile } from "../../src/core/edition/manifest-files.ts";
import { AppError } from "../../src/core/errors.ts";
import {
  type Edition,
  type EditionRuntime,
  type EditionSources,
  openEdition,
} from "../../src/core/search/open-edition.ts";
import { createFlatRouter } from "../../src/core/search/router.ts";
import { createBlockMemory } from "../../workers/search/block-memory.ts";
import { emptyBlockStore } from "../../workers/search/block-store.ts";
import { sourcesOfEdition } from "../../workers/search/verified-sources.ts";
import { withBlockCache } from "../../workers/search/with-block-cache.ts";
import { openFileSource } from "./file-source.ts";
import { gunzip } from "./gzip.ts";

/** Bytes of verified blocks that are kept while an edition is read. */
const MEMORY_BYTES = 256 * 1024 * 1024;
/** Bytes of codes that are kept while an edition is searched. */
const RESIDENT_BYTES = 1024 * 1024 * 1024;

/** An edition opened from a folder, and what closes its files. */
export interface FolderEdition {
  readonly edition: Edition;
  readonly sources: EditionSources;
  close(): Promise<void>;
}

const runtime: EditionRuntime = {
  gunzip,
  kernel: plainKernel,
  residentBytes: RESIDENT_BYTES,
  coldBytes: Number.POSITIVE_INFINITY,
  openRouter: (_router, centroids) => Promise.resolve(createFlatRouter(centroids)),
};

/** Reads and validates the manifest of an edition in a folder. */
export async function readManifest(folder: string): Promise<EditionManifest> {
  return parseEditionManifest(JSON.parse(await readFile(join(folder, EDITION_MANIFEST), "utf8")));
}

/** Opens an edition in a folder with the page's own reader, block hashes included, over files in place of HTTP. */
export async function openFolderEdition(
  folder: string,
  manifest: EditionManifest,
  signal: AbortSignal,
): Promise<FolderEdition> {
  const opened: Promise<ByteSource & { close(): Promise<void> }>[] = [];
  const memory = createBlockMemory(MEMORY_BYTES);
  const open = (file: EditionFile): ByteSource => {
    const source = openFileSource(join(folder, file.name), file.sha256);
    // Whoever reads first hears of a file that is not there.
    source.catch(() => undefined);
    opened.push(source);
    return {
      key: file.sha256,
      size: file.bytes,
      read: async (range, within) => (await source).read(range, within),
    };
  };
  const close = async () => {
    const settled = await Promise.allSettled(opened);
    for (const source of settled) if (source.status === "fulfilled") await source.value.close();
  };
  const sources = await sourcesOfEdition(manifest, {
    open: async ({ file, ...checks }) =>
      withBlockCache(open(file), { name: file.name, ...checks, store: emptyBlockStore, memory }),
    openElsewhere(url) {
      throw new AppError({ code: "network", url });
    },
    isOnDevice: () => true,
  });
  try {
    const edition = await openEdition(manifest, sources, runtime, () => undefined, signal);
    return { edition, sources, close };
  } catch (error) {
    await close();
    throw error;
  }
}
