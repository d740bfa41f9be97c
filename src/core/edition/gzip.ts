import { AppError } from "../errors.ts";

/** Decompresses a gzip member; rejects for anything else, and for one that grows beyond belief. */
export type Gunzip = (
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Decompresses a piece of an edition's file.
 *
 * @param file the name of the file in errors
 * @throws AppError `edition-corrupt` where it is not gzip; an AbortError after `signal`
 */
export async function unpackGzip(
  gunzip: Gunzip,
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await gunzip(bytes, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new AppError({ code: "edition-corrupt", file, why: "not gzip" }, { cause });
  }
}
