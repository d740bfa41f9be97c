import { isAppError } from "../../src/core/errors.ts";
import { checkContentRange, type RangedRequest, totalOf } from "../ranged-request.ts";
import { TransientError } from "../retry.ts";
import { beginAnew, type FileKnowledge } from "./file-knowledge.ts";
import type { PartialFile } from "./partial-file.ts";
import type { DownloadRecord } from "./piece-store.ts";

const PARTIAL_CONTENT = 206;
const RANGE_NOT_SATISFIABLE = 416;

/** Compression makes a short file longer, by less than this; that it was compressed, another origin does not show. */
const MOST_OVERHEAD_BYTES = 1024;

/** A body that is about to arrive. */
export interface ArrivingBody {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Bytes at its beginning that are there already. */
  readonly skip: number;
}

/**
 * Asks for what is missing of a file: by a range where there is something already, else for all of it.
 *
 * @param remember keeps what was learned of the file, for the next visit
 * @throws AppError as the request does; TransientError where the file must be begun anew, or asked for in another way
 */
export async function askForRest(
  request: RangedRequest,
  file: FileKnowledge,
  partial: PartialFile,
  remember: (record: DownloadRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<ArrivingBody> {
  // Without a hash, only the server's own word says that the rest belongs to what is there.
  const isProvable = file.digest !== null || file.version !== null;
  if (partial.size() > 0 && (!isProvable || file.size === null)) await partial.discard();
  const start = partial.size();
  const range =
    start > 0 && file.canSendParts && file.size !== null ? { start, end: file.size } : null;
  const response = await request(range, signal);
  if (response.status === RANGE_NOT_SATISFIABLE) {
    await response.body?.cancel();
    const received = totalOf(response);
    const { url, size } = file;
    return beginAnew(file, partial, { code: "short-read", url, expected: size ?? 0, received });
  }
  const version = versionOf(response);
  if (start > 0 && file.digest === null && version !== file.version) {
    await response.body?.cancel();
    return beginAnew(file, partial, { code: "hash-mismatch", file: file.name }, 0);
  }
  if (response.status === PARTIAL_CONTENT) {
    await checkPart(response, range, file);
    return { body: response.body, skip: 0 };
  }
  const length = Number(response.headers.get("Content-Length") ?? 0);
  if (file.size !== null && length > file.size + MOST_OVERHEAD_BYTES) {
    // Another file, such as a sign-in page; what is there stays.
    await response.body?.cancel();
    const { url, size } = file;
    throw new TransientError({ code: "short-read", url, expected: size, received: length });
  }
  file.size ??= announcedSize(response);
  file.version = version;
  if (start === 0) {
    const digest = file.digest === null ? null : `${file.digest.algorithm}:${file.digest.hex}`;
    await remember({ digest, version, size: file.size });
  }
  return { body: response.body, skip: start };
}

/** Refuses a part that is not the one asked for; the file is then asked for as a whole. */
async function checkPart(
  response: Response,
  range: { readonly start: number; readonly end: number } | null,
  file: FileKnowledge,
): Promise<void> {
  const { url } = file;
  try {
    // A part of something compressed is of no use; where the header is hidden, browsers ask for no compression.
    const isEncoded = (response.headers.get("Content-Encoding") ?? "identity") !== "identity";
    if (range === null || isEncoded) throw new TransientError({ code: "range-ignored", url });
    checkContentRange(response, range, file.size, url);
  } catch (error) {
    await response.body?.cancel();
    if (isAppError(error, "range-ignored")) {
      file.canSendParts = false;
      throw new TransientError(error.detail, { waitMs: 0 });
    }
    // The server holds a file of another length, for now at least.
    if (isAppError(error)) throw new TransientError(error.detail);
    throw error;
  }
}

/** A strong name of this version of the file; null where the server gives or shows none. */
function versionOf(response: Response): string | null {
  const etag = response.headers.get("ETag");
  return etag?.startsWith('"') ? etag : response.headers.get("Last-Modified");
}

/** The length that the server announces; null where compression may have changed it, which other origins do not show. */
function announcedSize(response: Response): number | null {
  if (totalOf(response) > 0) return totalOf(response);
  if (response.type === "cors" || response.headers.has("Content-Encoding")) return null;
  const length = response.headers.get("Content-Length");
  return length === null ? null : Number(length);
}
