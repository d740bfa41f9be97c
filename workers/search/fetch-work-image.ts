import { checkWorkImage, workImageType, workImageUrl } from "../../src/core/edition/work-image.ts";
import type { WorkImage } from "../../src/core/edition/works-file.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import { sha256Hex } from "../sha256-hex.ts";

/** Where the pictures of an edition are. */
export interface WorkImagePlace {
  /** Address of the edition, ending in "/". */
  readonly editionUrl: string;
  /** The manifest's `images.base`, https or relative to the edition, ending in "/". */
  readonly base: string;
}

/** The base made absolute. */
function folderOf({ editionUrl, base }: WorkImagePlace): string {
  return base.startsWith("https://") ? base : editionUrl + base;
}

/**
 * Fetches a picture of a work. Only the bytes that the edition names are given back.
 *
 * @throws AppError `network`, `http-status`, `edition-corrupt`; an AbortError after `signal`
 */
export async function fetchWorkImage(
  place: WorkImagePlace,
  workId: string,
  image: WorkImage,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Blob> {
  const url = workImageUrl(folderOf(place), workId, image);
  const bytes = await fetchAtMost(url, image.bytes, fetch, signal);
  await checkWorkImage(bytes, image, sha256Hex);
  return new Blob([bytes], { type: workImageType(image) });
}

/** Reads a response, but no further than one byte past what is expected: a server may send anything. */
async function fetchAtMost(
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
