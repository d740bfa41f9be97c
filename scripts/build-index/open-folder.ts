import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { uniformBlocks } from "../../src/core/bytes/block-map.ts";
import {
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../src/core/edition/manifest.ts";
import { type Edition, openEdition } from "../../src/core/search/open-edition.ts";
import { createFlatRouter } from "../../src/core/search/router.ts";
import { hashesFromHex } from "../../workers/search/block-hashes.ts";
import { createBlockMemory } from "../../workers/search/block-memory.ts";
import { emptyBlockStore } from "../../workers/search/block-store.ts";
import { withBlockCache } from "../../workers/search/with-block-cache.ts";
import { openFileSource } from "./file-source.ts";

/** An edition opened from a folder, and what closes its files. */
export interface FolderEdition {
  readonly edition: Edition;
  close(): Promise<void>;
}

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
  const memory = createBlockMemory(manifest.files.rows.bytes + manifest.files.texts.bytes);
  const closers: (() => Promise<void>)[] = [];
  const open = async (name: keyof EditionManifest["files"]) => {
    const file = manifest.files[name];
    const source = await openFileSource(join(folder, file.name), file.sha256);
    closers.push(() => source.close());
    return withBlockCache(source, {
      name: file.name,
      blocks: uniformBlocks(file.bytes, file.chunkBytes),
      hashes: hashesFromHex(file.chunkSha256),
      store: emptyBlockStore,
      memory,
    });
  };
  const close = async () => {
    await Promise.all(closers.map((closer) => closer()));
  };
  try {
    const sources = {
      router: await open("router"),
      codes: await open("codes"),
      rows: await open("rows"),
      works: await open("works"),
      texts: await open("texts"),
      sources: await open("sources"),
    };
    const runtime = {
      gunzip: async (bytes: Uint8Array) => new Uint8Array(await promisify(gunzip)(bytes)),
      openRouter: (router: { dim: number }, centroids: Float32Array) =>
        Promise.resolve(createFlatRouter(centroids, router.dim)),
    };
    const edition = await openEdition(manifest, sources, runtime, () => undefined, signal);
    return { edition, close };
  } catch (error) {
    await close();
    throw error;
  }
}
