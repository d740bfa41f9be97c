import { AppError, isAbort } from "../../src/core/errors.ts";

/** How to ask for a file. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly cache?: RequestCache;
  /** Most bytes that are accepted; a longer answer is broken off. */
  readonly limit?: number;
}

/**
 * Downloads a whole file.
 *
 * @param onLoaded called with the number of bytes so far, after every chunk
 * @throws AppError `network` where the server cannot be reached or stops half-way, `http-status` for any answer but a
 *   success, `short-read` for more bytes than `limit`; an AbortError after `signal`
 */
export async function downloadBytes(
  url: string,
  options: DownloadOptions,
  onLoaded: (loaded: number) => void = () => {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal, cache, limit = Number.POSITIVE_INFINITY } = options;
  signal.throwIfAborted();
  try {
    const response = await fetch(url, { signal, ...(cache === undefined ? {} : { cache }) });
    if (!response.ok) {
      throw new AppError({ code: "http-status", url, status: response.status });
    }
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    // Where the server promises what is expected, chunks go where they belong: weights are large, and joining them
    // afterwards would need twice their room.
    const isExpected = Number(response.headers.get("Content-Length")) === limit;
    const whole = isExpected ? new Uint8Array(limit) : null;
    let loaded = 0;
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      const start = loaded;
      loaded += part.value.length;
      if (loaded > limit) {
        await reader?.cancel();
        throw new AppError({ code: "short-read", url, expected: limit, received: loaded });
      }
      if (whole === null) chunks.push(part.value);
      else whole.set(part.value, start);
      onLoaded(loaded);
    }
    return whole?.subarray(0, loaded) ?? join(chunks, loaded);
  } catch (error) {
    if (error instanceof AppError || isAbort(error)) throw error;
    throw new AppError({ code: "network", url }, { cause: error });
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
