import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";

/** Where a text lies in the spill, in bytes. */
interface SpilledText {
  readonly offset: number;
  readonly length: number;
}

/** Texts on the disk while a corpus is laid out: they come in one order and are needed in another. */
export interface TextSpill {
  /** Appends a text; `flush` must follow before it is read. */
  add(text: string): SpilledText;
  flush(): void;
  /** Synchronous on purpose: millions of short reads, most of them from a window in memory. */
  read(offset: number, length: number): string;
  /** Reads one text from anywhere, past the window that `read` keeps. */
  readAnywhere(offset: number, length: number): string;
  /** Closes and removes the file. */
  remove(): void;
}

/** Read at once, and written at once. */
const WINDOW_BYTES = 1 << 20;

/** Creates an empty spill in a new file. */
export function createTextSpill(path: string): TextSpill {
  const file = openSync(path, "w+");
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let end = 0;
  const window = { bytes: Buffer.allocUnsafe(WINDOW_BYTES), start: 0, length: 0 };
  const flush = () => {
    if (pending.length === 0) return;
    const bytes = Buffer.concat(pending);
    writeAll(file, bytes, end - bytes.length);
    pending = [];
    pendingBytes = 0;
  };
  return {
    add(text) {
      const utf8 = Buffer.from(text, "utf8");
      const place = { offset: end, length: utf8.length };
      pending.push(utf8);
      pendingBytes += utf8.length;
      end += utf8.length;
      if (pendingBytes > WINDOW_BYTES) flush();
      return place;
    },
    flush,
    read(offset, length) {
      const isNear = offset >= window.start && offset + length <= window.start + window.length;
      if (!isNear) {
        // What follows is wanted next as a rule: works stand together in the corpus.
        window.start = offset;
        if (length > window.bytes.length) window.bytes = Buffer.allocUnsafe(length);
        window.length = readSync(file, window.bytes, 0, window.bytes.length, offset);
        if (window.length < length)
          throw new Error(`the spilled texts end before ${offset + length}`);
      }
      const start = offset - window.start;
      return window.bytes.toString("utf8", start, start + length);
    },
    readAnywhere(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      if (readSync(file, bytes, 0, length, offset) < length) {
        throw new Error(`the spilled texts end before ${offset + length}`);
      }
      return bytes.toString("utf8");
    },
    remove() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** Writes all of `bytes` at `position`. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position + done);
  }
}
