import type { ByteSource } from "../../bytes/source.ts";
import { AppError } from "../../errors.ts";

/** Largest JSON file that is read whole: CLIP's tokenizer.json has 2 to 4 MB. */
const MOST_JSON_BYTES = 32 << 20;
/** Bytes that tell what a file is. */
const SNIFFED_BYTES = 24;

/** What a file holds, by its first bytes. */
type FileKind = "safetensors" | "onnx" | "archive" | "other";

/** The files that somebody gave, by the last part of their names. */
export class FileSet {
  readonly #files = new Map<string, ByteSource>();

  /** Of two files of one name the one in fewer folders counts. */
  constructor(files: ReadonlyMap<string, ByteSource>) {
    const depths = new Map<string, number>();
    for (const [path, source] of files) {
      const parts = path.split(/[\\/]/);
      const name = parts.at(-1) ?? path;
      if ((depths.get(name) ?? Number.POSITIVE_INFINITY) <= parts.length) continue;
      depths.set(name, parts.length);
      this.#files.set(name, source);
    }
  }

  get names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  /** The file `name`; throws `weights-invalid` with `why` where it is missing. */
  source(name: string, why = "is missing"): ByteSource {
    const source = this.#files.get(name);
    if (source === undefined) throw new AppError({ code: "weights-invalid", file: name, why });
    return source;
  }

  /** The whole content of a small file. */
  async bytes(name: string, signal: AbortSignal, why?: string): Promise<Uint8Array<ArrayBuffer>> {
    const source = this.source(name, why);
    if (source.size > MOST_JSON_BYTES) {
      throw new AppError({ code: "weights-invalid", file: name, why: `${source.size} bytes` });
    }
    return source.read({ start: 0, end: source.size }, signal);
  }

  /** A small file as JSON. */
  async json(name: string, signal: AbortSignal, why?: string): Promise<unknown> {
    return parseJson(await this.bytes(name, signal, why), name);
  }

  /** What a file holds, whatever it is called. */
  async kind(name: string, signal: AbortSignal): Promise<FileKind> {
    const first = await this.#first(name, signal);
    // A zip: what torch.save writes.
    if (first[0] === 0x50 && first[1] === 0x4b) return "archive";
    // After the header's length, the brace of its JSON.
    if (first.length > 8 && first[8] === 0x7b && (first[6] ?? 1) === 0 && (first[7] ?? 1) === 0) {
      return "safetensors";
    }
    // Field 1, the IR version, and a small number.
    if (first[0] === 0x08 && (first[1] ?? 0xff) < 0x20) return "onnx";
    return "other";
  }

  /** The first bytes of a file as text, for a message. */
  async start(name: string, signal: AbortSignal): Promise<string> {
    return new TextDecoder("latin1").decode(await this.#first(name, signal));
  }

  #first(name: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const source = this.source(name);
    return source.read({ start: 0, end: Math.min(SNIFFED_BYTES, source.size) }, signal);
  }
}

/**
 * Parses a JSON file.
 *
 * @throws AppError `weights-invalid`
 */
export function parseJson(bytes: Uint8Array<ArrayBuffer>, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = "is not JSON";
    throw new AppError({ code: "weights-invalid", file, why }, { cause: error });
  }
}
