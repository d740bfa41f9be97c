import type { CreateDigest } from "./fingerprint.ts";
import type { PackFile, PackPart } from "./pack-manifest.ts";
import type { Session } from "./session.ts";

/** Takes one file of a pack, from its beginning to its end. */
interface PackFileWriter {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

/** Where a pack goes: a folder, a browser's storage, memory. One file is open at a time. */
export interface PackSink {
  open(name: string): Promise<PackFileWriter>;
}

/** Bytes that a graph finds by the name of its data file. */
export interface ExternalData {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the core lacks and its callers have. */
export interface PackTools {
  /** Starts a SHA-256. */
  readonly createDigest: CreateDigest;
  /** Loads a graph on the reference provider (WASM); `name` is for messages. */
  openSession(
    graph: Uint8Array<ArrayBuffer>,
    data: ExternalData,
    name: string,
  ): Promise<Session & { release(): Promise<void> }>;
}

/** A file of a pack while it is written. */
interface OpenPackFile {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the file and describes it for the manifest. */
  finish(): Promise<PackFile>;
}

/** Opens a file of a pack that is hashed while it is written. */
export async function openPackFile(
  sink: PackSink,
  name: string,
  part: PackPart,
  createDigest: CreateDigest,
): Promise<OpenPackFile> {
  const writer = await sink.open(name);
  const digest = createDigest();
  let bytes = 0;
  return {
    async write(content) {
      digest.update(content);
      bytes += content.length;
      await writer.write(content);
    },
    async finish() {
      await writer.close();
      return { name, part, bytes, sha256: digest.hex() };
    },
  };
}

/** Writes a whole file of a pack. */
export async function writePackFile(
  sink: PackSink,
  name: string,
  part: PackPart,
  content: Uint8Array<ArrayBuffer>,
  createDigest: CreateDigest,
): Promise<PackFile> {
  const file = await openPackFile(sink, name, part, createDigest);
  await file.write(content);
  return file.finish();
}
