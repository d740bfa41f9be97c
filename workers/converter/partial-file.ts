import type { ContentHash } from "./content-hash.ts";
import type { PieceStore } from "./piece-store.ts";

/** Bytes that are gathered before they are stored: large enough for storage to be quick, small enough to lose. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** A file that grows at its end, in storage. */
export interface PartialFile {
  /** Bytes so far, stored or about to be. */
  size(): number;
  append(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Stores what has been gathered. */
  flush(): Promise<void>;
  /** Throws everything away. */
  discard(): Promise<void>;
  /** Hex of the content's hash; null without one. To be asked once, at the end. */
  hex(): string | null;
}

/**
 * Opens a file where it was left, and reads it once for the hash.
 *
 * @param createHash starts the hash of the content, or gives null where none is wanted
 */
export async function openPartialFile(
  store: PieceStore,
  file: string,
  createHash: () => ContentHash | null,
  signal: AbortSignal,
): Promise<PartialFile> {
  let hash = createHash();
  let size = 0;
  let gathered: Uint8Array<ArrayBuffer>[] = [];
  let gatheredBytes = 0;
  for (const piece of await store.pieces(file)) {
    signal.throwIfAborted();
    hash?.update(new Uint8Array(await piece.arrayBuffer()));
    size += piece.size;
  }
  const flush = async (): Promise<void> => {
    if (gatheredBytes === 0) return;
    const piece = new Blob(gathered);
    gathered = [];
    gatheredBytes = 0;
    await store.append(file, piece);
  };
  return {
    size: () => size,
    async append(bytes) {
      hash?.update(bytes);
      gathered.push(bytes);
      gatheredBytes += bytes.length;
      size += bytes.length;
      if (gatheredBytes >= PIECE_BYTES) await flush();
    },
    flush,
    async discard() {
      gathered = [];
      gatheredBytes = 0;
      size = 0;
      hash = createHash();
      await store.removeFile(file);
    },
    hex: () => hash?.hex() ?? null,
  };
}
