import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { ByteSource } from "../../../src/core/bytes/source.ts";
import { isAppError } from "../../../src/core/errors.ts";
import { createRangedRequest, totalOf } from "../../../workers/ranged-request.ts";
import { createRetry, sleep } from "../../../workers/retry.ts";
import { createHttpSource } from "../../../workers/search/http-source.ts";
import { BuildError } from "../build-error.ts";
import { openFileSource } from "../file-source.ts";

/** A file that is read by parts, on this machine or on a server. */
export interface Input extends ByteSource {
  /** Path or address, as it was given. */
  readonly place: string;
  /** The file's name, for messages. */
  readonly name: string;
  readonly isRemote: boolean;
  close(): Promise<void>;
}

/** What a server says of a file that is not there; stores of signed addresses answer 403. */
const MISSING: readonly number[] = [403, 404, 410];
/** A build runs for long and alone: it waits for a server for several minutes before it gives up. */
const RETRIES = { attempts: 8, firstWaitMs: 1000, longestWaitMs: 120_000, jitter: 0 };

/** Tells whether a place is an address rather than a path. */
export function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/**
 * Opens a file, or the file of an address by `Range` requests; null where there is none.
 *
 * @throws BuildError where a server does not deliver parts of files; AppError of the network group
 */
export async function openInput(place: string, signal: AbortSignal): Promise<Input | null> {
  return isAddress(place) ? openRemote(place, signal) : openLocal(place);
}

async function openLocal(path: string): Promise<Input | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return null;
  const source = await openFileSource(path, path);
  return { ...source, place: path, name: basename(path), isRemote: false };
}

async function openRemote(url: string, signal: AbortSignal): Promise<Input | null> {
  const { fetch } = globalThis;
  const now = () => performance.now();
  const retry = createRetry(sleep, RETRIES);
  const request = createRangedRequest({ url, fetch, now });
  const size = await retry(async (within) => {
    try {
      const response = await request({ start: 0, end: 1 }, within);
      await response.body?.cancel();
      return response.status === 206 ? totalOf(response) : 0;
    } catch (error) {
      if (isAppError(error, "http-status") && MISSING.includes(error.detail.status)) return null;
      throw error;
    }
  }, signal);
  if (size === null) return null;
  if (size === 0) {
    throw new BuildError(
      `The server of ${url} does not deliver parts of files (Range): download it, and give its path.`,
    );
  }
  const source = createHttpSource({ url, key: url, size, fetch, retry, now });
  const name = basename(new URL(url).pathname);
  return { ...source, place: url, name, isRemote: true, close: () => Promise.resolve() };
}
