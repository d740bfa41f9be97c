import type { ByteSource } from "../../src/core/bytes/source.ts";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import type { EditionFileName } from "../../src/core/edition/manifest-files.ts";
import type { EditionSources } from "../../src/core/search/open-edition.ts";
import { BLOCK_MEMORY_BYTES, createBlockMemory } from "./block-memory.ts";
import type { BlockStore } from "./block-store.ts";
import type { CheckedFile } from "./checked-file.ts";
import type { FileHost } from "./file-host.ts";
import { type FileUse, noMemory, openCheckedFile, openForeignFile } from "./open-file.ts";
import { sourcesOfEdition } from "./verified-sources.ts";
import type { OfflineFiles } from "./whole-files/offline-files.ts";

/** What the sources of an edition are made of. */
export interface SourceOptions {
  /** Ends in "/". */
  readonly editionUrl: string;
  readonly manifest: EditionManifest;
  readonly host: FileHost;
  readonly cache: BlockStore;
  readonly offline: OfflineFiles;
}

/**
 * When a download for use offline comes to a file's blocks: first to what nothing can be done without, last to what reading needs.
 * `bywork` and `rows` are not in it: with all codes at hand nothing is wanted of the one, and the other is as large as all else.
 */
const RANKS: Partial<Record<EditionFileName, (part: number) => number>> = {
  router: () => 0,
  hashes: () => 0,
  works: () => 0,
  sign: (part) => part,
  rest: (part) => part,
  texts: () => 1,
  sources: () => 1,
  similar: () => 1,
};

/** The files of an edition over HTTP, each in blocks that are checked, kept and read again from the device. */
export function createEditionSources(options: SourceOptions): Promise<EditionSources> {
  const { editionUrl, manifest, host, cache, offline } = options;
  const memory = createBlockMemory(BLOCK_MEMORY_BYTES);
  /** Clusters of `sign` and `rest` that searches have kept, by content hash. */
  const stored = new Map<string, ReadonlySet<number>>();

  const open = async (file: CheckedFile, role: EditionFileName): Promise<ByteSource> => {
    const { sha256 } = file.file;
    const rank = RANKS[role];
    if (rank !== undefined) await offline.include(file, (block) => rank(block / file.blocks.count));
    const usual: FileUse = { store: offline.blocks, memory, patience: "foreground" };
    if (role === "rows")
      return openCheckedFile(editionUrl, file, { ...usual, patience: "hasty" }, host);
    if (role !== "sign" && role !== "rest") return openCheckedFile(editionUrl, file, usual, host);
    stored.set(sha256, await cache.stored(sha256));
    // Decoded codes stay in the kernel's memory: keeping their blocks as well would only push out others.
    return openCheckedFile(editionUrl, file, { ...usual, memory: noMemory }, host);
  };
  const has = (sha256: string, cluster: number) =>
    stored.get(sha256)?.has(cluster) === true || offline.holds(sha256, cluster);

  return sourcesOfEdition(manifest, {
    open,
    openElsewhere: (url, end) => openForeignFile(url, end, host),
    isOnDevice: ({ sign, rest }, cluster) => has(sign.sha256, cluster) && has(rest.sha256, cluster),
  });
}
