import type { WorkImage } from "../../src/core/edition/works-file.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import { type PictureFormat, sniffPicture } from "../../src/core/image/sniff.ts";
import { sha256Hex } from "../sha256-hex.ts";

/** Formats that a browser shows; a file of an edition that is anything else is not handed to the page. */
const MEDIA_TYPES: Readonly<Partial<Record<PictureFormat, string>>> = {
  JPEG: "image/jpeg",
  PNG: "image/png",
  GIF: "image/gif",
  WebP: "image/webp",
  AVIF: "image/avif",
  BMP: "image/bmp",
};

/** Where the pictures of an edition are. */
export interface WorkImagePlace {
  /** Address of the edition, ending in "/". */
  readonly editionUrl: string;
  /** The manifest's `images.base`, https or relative to the edition, ending in "/". */
  readonly base: string;
}

/** The address of a picture: the base, a folder named after the work, the file. */
export function workImageUrl(
  { editionUrl, base }: WorkImagePlace,
  workId: string,
  file: string,
): string {
  const folder = base.startsWith("https://") ? base : editionUrl + base;
  return `${folder}${encodeURIComponent(workId)}/${encodeURIComponent(file)}`;
}

/**
 * Fetches a picture of a work. Only the bytes that the edition names are given back: their number and their hash are
 * checked, and what they are is read from them.
 *
 * @throws AppError `network`, `http-status`, `hash-mismatch`, `picture-format`; an AbortError after `signal`
 */
export async function fetchWorkImage(
  url: string,
  image: WorkImage,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Blob> {
  const bytes = await fetchExactly(url, image.bytes, fetch, signal);
  const digest = await sha256Hex(bytes);
  if (bytes.length !== image.bytes || !digest.startsWith(image.hash)) {
    throw new AppError({ code: "hash-mismatch", file: image.file });
  }
  const format = sniffPicture(bytes)?.format;
  const type = format === undefined ? undefined : MEDIA_TYPES[format];
  if (type === undefined) {
    throw new AppError({ code: "picture-format", format: format ?? "unknown" });
  }
  return new Blob([bytes], { type });
}

/** Reads a response, but no further than one byte past what is expected: a server may send anything. */
async function fetchExactly(
  url: string,
  expected: number,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, {
      signal,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    if (!response.ok) throw new AppError({ code: "http-status", url, status: response.status });
    const reader = response.body?.getReader();
    const read = new Uint8Array(expected + 1);
    let length = 0;
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return read.slice(0, length);
      const room = part.value.subarray(0, read.length - length);
      read.set(room, length);
      length += room.length;
      if (length > expected) {
        await reader?.cancel();
        return read;
      }
    }
  } catch (cause) {
    if (cause instanceof AppError || isAbort(cause)) throw cause;
    throw new AppError({ code: "network", url }, { cause });
  }
}
