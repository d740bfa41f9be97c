import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteRange, ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";
import {
  asNetworkError,
  checkContentRange,
  createRangedRequest,
  totalOf,
} from "../ranged-request.ts";
import { type Retry, TransientError } from "../retry.ts";
import { type HostPace, unpaced } from "./host-pace.ts";

/** A server that ignores Range may send a whole file of at most this many bytes instead; a larger one is refused. */
const MOST_BYTES_WITHOUT_RANGE = 8 * 1024 * 1024;

/** Too many requests; overloaded. */
const RESTING_STATUSES: readonly number[] = [429, 503];
/** How long all requests rest where such a host does not say, in milliseconds. */
const USUAL_REST_MS = 1000;

/** What the source needs from its surroundings; tests replace all of it. */
export interface HttpSourceOptions {
  readonly url: string;
  /** Content hash of the file and its length, both from the manifest. */
  readonly key: string;
  readonly size: number;
  /** True where the file is longer than `size`, of which no more is ever read: the file of somebody else. */
  readonly isPart?: boolean;
  readonly fetch: typeof globalThis.fetch;
  readonly retry: Retry;
  /** Spaces out the attempts, those for other files of the host included; none are where nothing is said. */
  readonly pace?: HostPace;
  /** Longest pause of the host that is waited for, in milliseconds; any where nothing is said. */
  readonly mostPauseMs?: number;
  /** True for what nobody waits for: others go first. */
  readonly isBackground?: boolean;
  /** Milliseconds from any origin. */
  readonly now: () => number;
}

/**
 * Reads a file by single ranges. The answer must be 206 with exactly the bytes asked for. A 200 is accepted only where it
 * is the whole file and that is small; it is then kept, so that it is fetched once.
 *
 * @throws AppError `network`, `http-status`, `range-ignored`, `short-read`
 */
export function createHttpSource(options: HttpSourceOptions): ByteSource {
  const { url, key, size, isPart = false, retry, pace = unpaced } = options;
  const { mostPauseMs = Number.POSITIVE_INFINITY, isBackground = false } = options;
  const request = createRangedRequest(options);
  let whole: Uint8Array<ArrayBuffer> | null = null;

  const readOnce = async (range: ByteRange, signal: AbortSignal) => {
    const isWhole = !isPart && range.start === 0 && range.end === size;
    const response = await request(isWhole ? null : range, signal);
    if (response.status === 416) throw new AppError(shortRead(url, range.end, totalOf(response)));
    const length = range.end - range.start;
    if (response.status === 206) {
      checkContentRange(response, range, isPart ? null : size, url);
      return readExactly(response, length, url);
    }
    if (isWhole) return readExactly(response, size, url);
    // Compression on the way may make what cannot be compressed a little longer.
    const announced = Number(response.headers.get("Content-Length") ?? 0);
    const isLonger = announced > size + size / 64 + 1024;
    if (isPart || size > MOST_BYTES_WITHOUT_RANGE || isLonger) {
      await response.body?.cancel();
      throw new AppError({ code: "range-ignored", url });
    }
    whole = await readExactly(response, size, url);
    return whole.slice(range.start, range.end);
  };

  const attempt = async (range: ByteRange, signal: AbortSignal) => {
    await pace.enter(signal, mostPauseMs, isBackground);
    try {
      return await readOnce(range, signal);
    } catch (error) {
      if (error instanceof TransientError && asksForRest(error)) {
        pace.pause(error.waitMs ?? USUAL_REST_MS, error.detail);
      }
      throw error;
    }
  };

  return {
    key,
    size,
    async read(range, signal) {
      checkRange(range, { key, size });
      signal.throwIfAborted();
      if (range.start === range.end) return new Uint8Array(0);
      if (whole !== null) return whole.slice(range.start, range.end);
      return retry((within) => attempt(range, within), signal);
    },
  };
}

/** True where the host answered that there were too many requests, or that it is overloaded. */
function asksForRest({ detail }: TransientError): boolean {
  return detail.code === "http-status" && RESTING_STATUSES.includes(detail.status);
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

function shortRead(url: string, expected: number, received: number) {
  return { code: "short-read", url, expected, received } as const;
}
