import type { BlockMap } from "../../../src/core/bytes/block-map.ts";
import type { ByteRange } from "../../../src/core/bytes/source.ts";

/** A file of an edition that is kept as a whole, in segments that are written at once. */
export interface WholeFile {
  /** Its content hash. */
  readonly key: string;
  readonly segments: BlockMap;
}

/** Where files that a person downloaded are kept. What it gives back is not verified: whoever reads checks the hashes. */
export interface WholeFileStore {
  readonly kind: "opfs" | "indexeddb";
  /** The segments of a file that were written; none where that cannot be told. */
  written(file: WholeFile): Promise<Set<number>>;
  /** Bytes inside one segment; undefined where they are gone. Never rejects. */
  read(file: WholeFile, range: ByteRange): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Writes a segment. Rejects with a DOMException where there is no room, or where another tab holds the file. */
  write(file: WholeFile, segment: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Forgets a segment whose bytes turned out to be wrong. Never rejects. */
  forget(file: WholeFile, segment: number): Promise<void>;
  /** Makes what was written outlive the page, and lets go of the files. Never rejects. */
  settle(): Promise<void>;
  /** Deletes every file but these. Never rejects. */
  keepOnly(keys: ReadonlySet<string>): Promise<void>;
}
