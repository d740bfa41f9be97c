import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteRange, ByteSource } from "../../src/core/bytes/source.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import { type Retry, TransientError } from "./retry.ts";

/** A server that ignores Range may send a whole file of at most this many bytes instead; a larger one is refused. */
const MOST_BYTES_WITHOUT_RANGE = 8 * 1024 * 1024;
/** A signed URL that a redirect led to is used again for this long; such URLs commonly live for an hour. */
const SIGNED_URL_MS = 50 * 60 * 1000;
/** Statuses that a signed URL answers when it has expired. */
const EXPIRED_STATUSES: readonly number[] = [400, 401, 403, 404, 410];

/** What the source needs from its surroundings; tests replace all of it. */
export interface HttpSourceOptions {
  readonly url: string;
  /** Content hash of the file and its length, both from the manifest. */
  readonly key: string;
  readonly size: number;
  readonly fetch: typeof globalThis.fetch;
  readonly retry: Retry;
  /** Milliseconds from any origin. */
  readonly now: () => number;
}

/**
 * Reads a file by single `Range: bytes=a-b` requests (safelisted by CORS: no preflight).
 *
 * `cache: "no-store"`, because Chromium otherwise serialises concurrent ranges of one URL (measured: 3.67 s against 0.89 s
 * for 48 ranges). The answer must be 206 with exactly the bytes asked for. A 200 is accepted only where it is the whole file
 * and that is small; it is then kept, so that it is fetched once.
 *
 * @throws AppError `network`, `http-status`, `range-ignored`, `short-read`
 */
export function createHttpSource(options: HttpSourceOptions): ByteSource {
  const { url, key, size, fetch, retry, now } = options;
  let whole: Uint8Array<ArrayBuffer> | null = null;
  let signed: { url: string; until: number } | null = null;

  const request = async (range: ByteRange, signal: AbortSignal) => {
    const target = signed !== null && now() < signed.until ? signed.url : url;
    const isWhole = range.start === 0 && range.end === size;
    const headers: HeadersInit = isWhole ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
    let response: Response;
    try {
      response = await fetch(target, { headers, cache: "no-store", signal });
    } catch (cause) {
      throw asNetworkError(cause, url);
    }
    if (target !== url && EXPIRED_STATUSES.includes(response.status)) {
      signed = null;
      await response.body?.cancel();
      throw new TransientError(
        { code: "http-status", url, status: response.status },
        { waitMs: 0 },
      );
    }
    if (response.status === 416) throw new AppError(shortRead(url, range.end, totalOf(response)));
    if (!response.ok) {
      await response.body?.cancel();
      throw statusError(response, url);
    }
    if (response.redirected) signed = { url: response.url, until: now() + SIGNED_URL_MS };
    return response;
  };

  const readOnce = async (range: ByteRange, signal: AbortSignal) => {
    const response = await request(range, signal);
    const length = range.end - range.start;
    if (response.status === 206) {
      checkContentRange(response, range, size, url);
      return readExactly(response, length, url);
    }
    if (length === size) return readExactly(response, size, url);
    const announced = response.headers.get("Content-Length");
    if (size > MOST_BYTES_WITHOUT_RANGE || (announced !== null && Number(announced) > size)) {
      await response.body?.cancel();
      throw new AppError({ code: "range-ignored", url });
    }
    whole = await readExactly(response, size, url);
    return whole.slice(range.start, range.end);
  };

  return {
    key,
    size,
    async read(range, signal) {
      checkRange(range, { key, size });
      signal.throwIfAborted();
      if (range.start === range.end) return new Uint8Array(0);
      if (whole !== null) return whole.slice(range.start, range.end);
      return retry((within) => readOnce(range, within), signal);
    },
  };
}

/** Reads the body; fewer bytes than expected may be a broken connection, so it is worth another attempt. */
async function readExactly(
  response: Response,
  expected: number,
  url: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw asNetworkError(cause, url);
  }
  if (bytes.length === expected) return bytes;
  if (bytes.length > expected) throw new AppError({ code: "range-ignored", url });
  throw new TransientError(shortRead(url, expected, bytes.length));
}

function checkContentRange(response: Response, range: ByteRange, size: number, url: string): void {
  const header = response.headers.get("Content-Range");
  // A host of another origin may not expose the header; the length and the hashes of the blocks still hold.
  if (header === null && response.type === "cors") return;
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? "");
  if (match === null) throw new AppError({ code: "range-ignored", url });
  const [, start, last, total] = match;
  if (total !== "*" && Number(total) !== size) {
    throw new AppError(shortRead(url, size, Number(total)));
  }
  if (Number(start) !== range.start || Number(last) !== range.end - 1) {
    throw new AppError({ code: "range-ignored", url });
  }
}

function totalOf(response: Response): number {
  const match = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  return Number(match?.[1] ?? 0);
}

function shortRead(url: string, expected: number, received: number) {
  return { code: "short-read", url, expected, received } as const;
}

function statusError(response: Response, url: string): AppError {
  const { status } = response;
  const detail = { code: "http-status", url, status } as const;
  if (status !== 429 && status < 500) return new AppError(detail);
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new TransientError(detail, Number.isFinite(seconds) ? { waitMs: seconds * 1000 } : {});
}

/** `fetch` and body readers reject with a TypeError for every failure of the network. A cancellation stays one. */
function asNetworkError(cause: unknown, url: string): unknown {
  return isAbort(cause) ? cause : new TransientError({ code: "network", url }, { cause });
}
