import { type BlockMap, uniformBlocks } from "../../src/core/bytes/block-map.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionManifest, ExactRows } from "../../src/core/edition/edition-manifest.ts";
import {
  HASH_BYTES,
  type HashedFileName,
  type HashesShape,
  hashesRange,
} from "../../src/core/edition/hashes-file.ts";
import { EXACT_BYTES, indexBlocks } from "../../src/core/edition/index-blocks.ts";
import type {
  ChunkedFile,
  EditionFile,
  IndexFiles,
} from "../../src/core/edition/manifest-files.ts";
import type { EditionSources, IndexOpening } from "../../src/core/search/open-edition.ts";
import { hashesFromHex, listedHashes } from "./block-hashes.ts";
import { type BlockMemory, createBlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import { withBlockCache } from "./with-block-cache.ts";

/** Where files come from before they are verified, and where their blocks are kept. */
export interface FileLayers {
  open(file: EditionFile): ByteSource;
  /** Opens exact rows that lie elsewhere, of which `end` bytes are needed; not verified but by what is in them. */
  openElsewhere(url: string, end: number): ByteSource;
  readonly store: Pick<BlockStore, "get" | "put">;
  readonly memory: BlockMemory;
}

/** The files of an edition, all of them verified. */
export function sourcesOfEdition(manifest: EditionManifest, layers: FileLayers): EditionSources {
  const { files, exact, dim, adapted } = manifest;
  return {
    works: openChunked(files.works, layers),
    texts: openChunked(files.texts, layers),
    sources: openChunked(files.sources, layers),
    openIndex: (which) =>
      which === "adapted" && adapted?.kind === "own"
        ? openIndexFiles(adapted, dim, layers)
        : openIndexFiles({ files, exact }, dim, layers),
  };
}

/** A file whose chunks have their hashes in the manifest. */
function openChunked(file: ChunkedFile, { open, store, memory }: FileLayers): ByteSource {
  return withBlockCache(open(file), {
    name: file.name,
    blocks: uniformBlocks(file.bytes, file.chunkBytes),
    hashes: hashesFromHex(file.chunkSha256),
    store,
    memory,
  });
}

/** Files of one index, verified block by block as its `hashes` lists them. */
function openIndexFiles(
  { files, exact }: { readonly files: IndexFiles; readonly exact: ExactRows | null },
  dim: number,
  layers: FileLayers,
): IndexOpening {
  // Decoded codes stay in memory anyway: keeping their blocks as well would only push out exact rows.
  const noMemory = createBlockMemory(0);
  return {
    router: openChunked(files.router, layers),
    open({ clusters, counts, sentences }, firstRows) {
      const works = firstRows.length - 1;
      const sentencesOfWorks = Array.from({ length: works }, (_, work) => {
        return (firstRows[work + 1] ?? 0) - (firstRows[work] ?? 0);
      });
      const exactType = files.rows === undefined ? null : (exact?.type ?? null);
      const blocks = indexBlocks({ dim, counts, sentencesOfWorks, exact: exactType });
      const shape: HashesShape = { clusters, works, sentences, hasRows: blocks.rows !== null };
      const hashes = openChunked(files.hashes, layers);
      const openBlocks = (name: HashedFileName, file: EditionFile, map: BlockMap) => {
        const first = hashesRange(shape, name, 0, 0).start / HASH_BYTES;
        const isCode = name === "sign" || name === "rest";
        return withBlockCache(layers.open(file), {
          name: file.name,
          blocks: map,
          hashes: listedHashes(hashes, first),
          store: layers.store,
          memory: isCode ? noMemory : layers.memory,
        });
      };
      const openRows = () => {
        if (exact?.kind === "external") {
          const rowBytes = dim * EXACT_BYTES[exact.type];
          return layers.openElsewhere(exact.url, exact.start + sentences * rowBytes);
        }
        if (files.rows === undefined || blocks.rows === null) return null;
        return openBlocks("rows", files.rows, blocks.rows);
      };
      return {
        sign: openBlocks("sign", files.sign, blocks.sign),
        rest: openBlocks("rest", files.rest, blocks.rest),
        bywork: openBlocks("bywork", files.bywork, blocks.bywork),
        rows: openRows(),
        isOnDevice: () => false,
      };
    },
  };
}
