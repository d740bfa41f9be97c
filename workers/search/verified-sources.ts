import type { BlockMap } from "../../src/core/bytes/block-map.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionManifest, ExactRows } from "../../src/core/edition/edition-manifest.ts";
import {
  HASH_BYTES,
  type HashedFileName,
  type HashesShape,
  hashesRange,
} from "../../src/core/edition/hashes-file.ts";
import { EXACT_BYTES, indexBlocks } from "../../src/core/edition/index-blocks.ts";
import type { IndexRouter } from "../../src/core/edition/index-router.ts";
import type {
  EditionFile,
  EditionFileName,
  IndexFiles,
} from "../../src/core/edition/manifest-files.ts";
import type {
  EditionSources,
  IndexOpening,
  IndexSources,
} from "../../src/core/search/open-edition.ts";
import { listedHashes } from "./block-hashes.ts";
import { type CheckedFile, checkedByManifest } from "./checked-file.ts";

/** Where files come from, and how they are kept. */
export interface FileLayers {
  /** Opens a file whose every block is verified. */
  open(file: CheckedFile, role: EditionFileName): Promise<ByteSource>;
  /** Opens exact rows that lie elsewhere, of which `end` bytes are needed; not verified but by what is in them. */
  openElsewhere(url: string, end: number): ByteSource;
  /** Tells whether a cluster of these files can be read without the network. */
  isOnDevice(files: IndexFiles, cluster: number): boolean;
}

/** The files of an edition, all of them verified. */
export async function sourcesOfEdition(
  manifest: EditionManifest,
  layers: FileLayers,
): Promise<EditionSources> {
  const { files, exact, dim, adapted } = manifest;
  const open = (role: "works" | "texts" | "sources") =>
    layers.open(checkedByManifest(files[role]), role);
  return {
    works: await open("works"),
    texts: await open("texts"),
    sources: await open("sources"),
    similar:
      files.similar === undefined
        ? null
        : await layers.open(checkedByManifest(files.similar), "similar"),
    openIndex: (which) =>
      which === "adapted" && adapted?.kind === "own"
        ? openIndexFiles(adapted, dim, layers)
        : openIndexFiles({ files, exact }, dim, layers),
  };
}

/** The files of one index, and its exact rows. */
interface IndexDescription {
  readonly files: IndexFiles;
  readonly exact: ExactRows | null;
}

/** Files of one index, verified block by block as its `hashes` lists them. */
async function openIndexFiles(
  description: IndexDescription,
  dim: number,
  layers: FileLayers,
): Promise<IndexOpening> {
  const { router } = description.files;
  return {
    router: await layers.open(checkedByManifest(router), "router"),
    open: (decoded, firstRows) => openListed(description, dim, layers, decoded, firstRows),
  };
}

async function openListed(
  { files, exact }: IndexDescription,
  dim: number,
  layers: FileLayers,
  { clusters, counts, sentences }: IndexRouter,
  firstRows: Uint32Array,
): Promise<IndexSources> {
  const works = firstRows.length - 1;
  const sentencesOfWorks = Array.from({ length: works }, (_, work) => {
    return (firstRows[work + 1] ?? 0) - (firstRows[work] ?? 0);
  });
  const exactType = files.rows === undefined ? null : (exact?.type ?? null);
  const blocks = indexBlocks({ dim, counts, sentencesOfWorks, exact: exactType });
  const shape: HashesShape = { clusters, works, sentences, hasRows: blocks.rows !== null };
  const hashes = await layers.open(checkedByManifest(files.hashes), "hashes");
  const open = (role: HashedFileName, file: EditionFile, map: BlockMap) => {
    const first = hashesRange(shape, role, 0, 0).start / HASH_BYTES;
    return layers.open({ file, blocks: map, hashes: listedHashes(hashes, first) }, role);
  };
  const openRows = async () => {
    if (exact?.kind === "external") {
      const rowBytes = dim * EXACT_BYTES[exact.type];
      return layers.openElsewhere(exact.url, exact.start + sentences * rowBytes);
    }
    if (files.rows === undefined || blocks.rows === null) return null;
    return open("rows", files.rows, blocks.rows);
  };
  return {
    sign: await open("sign", files.sign, blocks.sign),
    rest: await open("rest", files.rest, blocks.rest),
    bywork: await open("bywork", files.bywork, blocks.bywork),
    rows: await openRows(),
    isOnDevice: (cluster) => layers.isOnDevice(files, cluster),
  };
}
