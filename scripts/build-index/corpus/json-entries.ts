import { open } from "node:fs/promises";
import { BuildError } from "../build-error.ts";

/** One key of the outermost object of a file, with its value. */
export interface JsonEntry {
  readonly key: string;
  readonly value: unknown;
}

/** Read from the disk at once. */
const CHUNK_BYTES = 1 << 20;
/** A longer key or value is a mistake, and would not be streaming. */
const MOST_PIECE_BYTES = 1 << 26;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What must come next, between the pieces of the outermost object or list. */
type Expected = "open" | "piece or end" | "piece" | "colon" | "comma or end" | "nothing";

/**
 * Cuts the bytes of a JSON object or list into its keys and values, each a JSON text of its own that `JSON.parse` then
 * judges, so that a file of any size is read in little memory. Strict outside of the pieces: RFC 8259's commas and colons.
 */
class Splitter {
  /** Bytes of the piece that is not finished, and of what follows it. */
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #expected: Expected = "open";
  /** Where the unfinished piece begins, −1 between pieces. */
  #start = -1;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isKeyNext: boolean;
  readonly #isObject: boolean;
  readonly #onPiece: (utf8: Uint8Array, isKey: boolean) => void;

  constructor(isObject: boolean, onPiece: (utf8: Uint8Array, isKey: boolean) => void) {
    this.#isObject = isObject;
    this.#isKeyNext = isObject;
    this.#onPiece = onPiece;
  }

  /** True once the closing bracket was read. */
  get isComplete(): boolean {
    return this.#expected === "nothing" && this.#start < 0;
  }

  /** Bytes that were pushed and not read yet. */
  get unread(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads on. Throws `SyntaxError` where the bytes cannot be JSON. */
  push(chunk: Uint8Array): void {
    const kept = this.#start < 0 ? 0 : this.#bytes.length - this.#start;
    if (kept > MOST_PIECE_BYTES) throw new SyntaxError("a value is too long");
    if (kept === 0) this.#bytes = chunk;
    else {
      const joined = new Uint8Array(kept + chunk.length);
      joined.set(this.#bytes.subarray(this.#start));
      joined.set(chunk, kept);
      this.#bytes = joined;
      this.#start = 0;
    }
    this.#at = kept;
    while (this.#at < this.#bytes.length) {
      if (this.#start < 0) this.#between();
      else this.#within();
    }
  }

  #between(): void {
    const byte = this.#bytes[this.#at] ?? 0;
    if (isSpace(byte)) {
      this.#at += 1;
      return;
    }
    switch (this.#expected) {
      case "open":
        if (byte !== (this.#isObject ? OPEN_OBJECT : OPEN_LIST)) throw new SyntaxError("beginning");
        this.#expected = "piece or end";
        break;
      case "piece or end":
      case "piece":
        if (byte === (this.#isObject ? CLOSE_OBJECT : CLOSE_LIST)) {
          if (this.#expected === "piece") throw new SyntaxError("a comma at the end");
          this.#expected = "nothing";
          break;
        }
        if (this.#isKeyNext && byte !== QUOTE) throw new SyntaxError("a key that is no text");
        this.#start = this.#at;
        this.#depth = 0;
        return;
      case "colon":
        if (byte !== COLON) throw new SyntaxError("a colon is missing");
        this.#expected = "piece";
        this.#at += 1;
        this.#startValue();
        return;
      case "comma or end":
        if (byte === COMMA) this.#expected = "piece";
        else if (byte === (this.#isObject ? CLOSE_OBJECT : CLOSE_LIST)) this.#expected = "nothing";
        else throw new SyntaxError("a comma is missing");
        break;
      case "nothing":
        throw new SyntaxError("more after the end");
    }
    this.#at += 1;
  }

  /** After a colon a value must follow, even one that looks like the end. */
  #startValue(): void {
    while (this.#at < this.#bytes.length && isSpace(this.#bytes[this.#at] ?? 0)) this.#at += 1;
    if (this.#at === this.#bytes.length) return;
    this.#start = this.#at;
    this.#depth = 0;
  }

  /** Reads to the end of the piece, or of the bytes. */
  #within(): void {
    const bytes = this.#bytes;
    for (; this.#at < bytes.length; this.#at++) {
      const byte = bytes[this.#at] ?? 0;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) {
          this.#isInString = false;
          if (this.#depth === 0) {
            this.#finish(this.#at + 1);
            return;
          }
        }
      } else if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.#depth === 0) {
          // the end of the outermost, right behind a number or a word
          this.#finish(this.#at);
          return;
        }
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#finish(this.#at + 1);
          return;
        }
      } else if (this.#depth === 0 && (byte === COMMA || isSpace(byte))) {
        this.#finish(this.#at);
        return;
      }
    }
  }

  #finish(end: number): void {
    const isKey = this.#isKeyNext;
    this.#onPiece(this.#bytes.subarray(this.#start, end), isKey);
    this.#start = -1;
    this.#at = end;
    this.#isKeyNext = this.#isObject && !isKey;
    this.#expected = isKey ? "colon" : "comma or end";
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Reads a file in chunks and hands on what the splitter found in each. */
async function* readPieces<T>(
  path: string,
  isObject: boolean,
  take: (utf8: Uint8Array, isKey: boolean, into: T[]) => void,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  let found: T[] = [];
  let pushed = 0;
  const splitter = new Splitter(isObject, (utf8, isKey) => take(utf8, isKey, found));
  const file = await open(path).catch((cause: unknown) => {
    throw new BuildError(`${path} cannot be read`, { cause });
  });
  try {
    for (let isFirst = true; ; isFirst = false) {
      signal.throwIfAborted();
      // A chunk of its own every time: pieces are views of it.
      const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      pushed += bytesRead;
      try {
        splitter.push(isFirst ? withoutMark(chunk) : chunk);
      } catch (cause) {
        const isOther = isFirst && cause instanceof SyntaxError && cause.message === "beginning";
        const what = isOther ? `is not ${isObject ? "an object" : "a list"}` : "is not JSON";
        const where = isOther ? "" : ` near byte ${pushed - splitter.unread}`;
        throw new BuildError(`${path} ${what}${where}`, { cause });
      }
      if (found.length > 0) yield found;
      found = [];
    }
  } finally {
    await file.close();
  }
  if (!splitter.isComplete) throw new BuildError(`${path} is not JSON: it is cut off`);
}

/** The bytes without a byte order mark. */
function withoutMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

/**
 * Streams the entries of a JSON object in their order, a batch per piece of the file. A key that is there twice comes
 * twice, unlike with `JSON.parse`, which keeps the last and says nothing.
 *
 * @throws BuildError where the file cannot be read or is not a JSON object
 */
export async function* readJsonEntries(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonEntry[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let key = "";
  yield* readPieces<JsonEntry>(
    path,
    true,
    (utf8, isKey, into) => {
      const value: unknown = JSON.parse(decoder.decode(utf8));
      if (isKey) key = String(value);
      else into.push({ key, value });
    },
    signal,
  );
}

/**
 * Streams the items of a JSON list in their order, a batch per piece of the file.
 *
 * @throws BuildError where the file cannot be read or is not a JSON list
 */
export async function* readJsonItems(
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const take = (utf8: Uint8Array, _isKey: boolean, into: unknown[]) => {
    into.push(JSON.parse(decoder.decode(utf8)));
  };
  yield* readPieces<unknown>(path, false, take, signal);
}
