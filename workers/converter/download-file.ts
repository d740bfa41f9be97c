import type { FileDigest } from "../../src/config/model-sources.ts";
import { AppError } from "../../src/core/errors.ts";
import { asNetworkError, createRangedRequest } from "../ranged-request.ts";
import { type Retry, TransientError } from "../retry.ts";
import { type ArrivingBody, askForRest } from "./ask-for-rest.ts";
import { createContentHash } from "./content-hash.ts";
import { beginAnew, type FileKnowledge } from "./file-knowledge.ts";
import { openPartialFile, type PartialFile } from "./partial-file.ts";
import type { PieceStore } from "./piece-store.ts";
import { type StallWatch, watchForStall } from "./stall-watch.ts";

/** A file that is wanted. */
export interface DownloadTarget {
  /** What the store calls it. */
  readonly file: string;
  readonly url: string;
  /** Its length in bytes, or null where nobody has said it. */
  readonly size: number | null;
  /** Most bytes that are accepted. */
  readonly limit: number;
  readonly digest: FileDigest | null;
}

/** What a download needs from its surroundings. */
export interface DownloadTools {
  readonly store: PieceStore;
  readonly fetch: typeof globalThis.fetch;
  readonly retry: Retry;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  /** A connection that brings nothing for so many milliseconds is given up. */
  readonly stallMs: number;
}

/** An attempt that brought this many bytes was worth it: patience begins anew. */
const PROGRESS_BYTES = 64 * 1024;

/**
 * Downloads a file into the store, from where an earlier call has left it, and checks it. A connection that drops is taken
 * up again at the byte; a server without Range sends everything once more, of which the rest is used. Parts of different
 * versions are never joined: content with a known hash is checked as a whole, other content by the server's name for it.
 *
 * @param onLoaded called with the number of bytes that are there
 * @returns a handle to the content
 * @throws AppError `network`, `http-status`, `short-read` or `hash-mismatch`; what is right so far stays. An AbortError
 *   after `signal`
 */
export async function downloadFile(
  target: DownloadTarget,
  tools: DownloadTools,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const { file, url, digest } = target;
  const { store } = tools;
  const name = url.split("/").at(-1) ?? url;
  const wanted = digest === null ? null : `${digest.algorithm}:${digest.hex}`;
  const former = await store.getDownload(file);
  if (former !== undefined && former.digest !== wanted) await store.removeFile(file);
  const known: FileKnowledge = {
    url,
    name,
    digest,
    size: target.size ?? former?.size ?? null,
    version: former?.version ?? null,
    canSendParts: true,
    restarts: 0,
  };
  const createHash = () =>
    digest === null ? null : createContentHash(digest.algorithm, target.size);
  const partial = await openPartialFile(store, file, createHash, signal);
  await complete(target, known, partial, tools, onLoaded, signal);
  if (known.size === null) {
    const record = { digest: wanted, version: known.version, size: partial.size() };
    await store.putDownload(file, record);
  }
  const whole = new Blob([...(await store.pieces(file))]);
  if (whole.size === partial.size()) return whole;
  // Another tab, or the browser, has cleared storage meanwhile.
  await store.removeFile(file);
  throw new AppError({ code: "short-read", url, expected: partial.size(), received: whole.size });
}

/** Brings a file to its full length and checks it. */
async function complete(
  target: DownloadTarget,
  known: FileKnowledge,
  partial: PartialFile,
  tools: DownloadTools,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { store, retry, stallMs } = tools;
  const { digest } = target;
  const request = createRangedRequest({ ...tools, url: target.url });
  let isComplete = false;
  const check = async (): Promise<void> => {
    if (digest !== null && partial.hex() !== digest.hex) {
      await beginAnew(known, partial, { code: "hash-mismatch", file: known.name });
    }
    isComplete = true;
  };

  const receive = async (watch: StallWatch, within: AbortSignal): Promise<void> => {
    if (known.size !== null && partial.size() === known.size) return check();
    const arriving = await askForRest(
      request,
      known,
      partial,
      (record) => store.putDownload(target.file, record),
      within,
    );
    watch.touch();
    await take(arriving, target, known, partial, (loaded) => {
      watch.touch();
      onLoaded(loaded);
    });
    await check();
  };

  /** One connection; one that brought something before it broke counts as a success, to be followed by another. */
  const attempt = async (within: AbortSignal): Promise<void> => {
    const before = partial.size();
    const watch = watchForStall(stallMs);
    try {
      await receive(watch, AbortSignal.any([within, watch.signal]));
    } catch (error) {
      within.throwIfAborted();
      const failure = watch.signal.aborted
        ? new TransientError({ code: "network", url: target.url }, { cause: error })
        : error;
      const hasGained = partial.size() - before >= PROGRESS_BYTES;
      if (!(failure instanceof TransientError) || !hasGained) throw failure;
    } finally {
      watch.stop();
      await partial.flush();
    }
  };

  onLoaded(partial.size());
  while (!isComplete) await retry(attempt, signal);
}

/** Reads a body to its end. */
async function take(
  { body, skip }: ArrivingBody,
  { url, limit }: DownloadTarget,
  known: FileKnowledge,
  partial: PartialFile,
  onLoaded: (loaded: number) => void,
): Promise<void> {
  const reader = body?.getReader();
  const { size } = known;
  const most = Math.min(size ?? limit, limit);
  let toSkip = skip;
  for (;;) {
    const part = await reader?.read().catch((cause: unknown) => {
      throw asNetworkError(cause, url);
    });
    if (part?.value === undefined) break;
    const fresh = part.value.subarray(Math.min(toSkip, part.value.length));
    toSkip -= part.value.length - fresh.length;
    const received = partial.size() + fresh.length;
    if (received > most) {
      await reader?.cancel();
      await beginAnew(known, partial, { code: "short-read", url, expected: most, received });
    }
    await partial.append(fresh);
    onLoaded(partial.size());
  }
  const received = partial.size();
  if (size !== null && received < size) {
    throw new TransientError({ code: "short-read", url, expected: size, received });
  }
}
