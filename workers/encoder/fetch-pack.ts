import { AppError, isAppError } from "../../src/core/errors.ts";
import {
  MANIFEST_FILE,
  type PackFile,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { PackSource } from "../../src/core/protocol.ts";
import { createByteProgress } from "../byte-progress.ts";
import { sha256Hex } from "../sha256-hex.ts";
import { cancelOnFailure } from "./cancel-on-failure.ts";
import { downloadBytes } from "./download.ts";
import { readPackBlob } from "./pack-blobs.ts";
import type { PackCache } from "./pack-cache.ts";

/** Most bytes of a manifest; one with a closed vocabulary of some thousand words has about 100 kB. */
const MOST_MANIFEST_BYTES = 8 * 1024 ** 2;
const TOO_MANY_REQUESTS = 429;
/** Status codes from here on mean that the server itself failed. */
const SERVER_ERRORS = 500;

/**
 * Reads a pack's manifest, always asking the server first, and falls back to the one seen last where the server cannot
 * be reached or is in trouble: the files that it names are checked by their hashes, whatever the server is up to. A pack
 * that the server says is not there (404) is an error.
 *
 * @throws AppError `network`, `http-status`, `pack-version` or `pack-corrupt`; an AbortError after `signal`
 */
export async function fetchManifest(
  pack: PackSource,
  cache: PackCache,
  signal: AbortSignal,
): Promise<PackManifest> {
  if (pack.kind === "files") {
    return parsePackManifest(parseJson(await readPackBlob(pack.files, MANIFEST_FILE)));
  }
  const url = pack.url + MANIFEST_FILE;
  try {
    const bytes = await downloadBytes(url, {
      signal,
      cache: "no-store",
      limit: MOST_MANIFEST_BYTES,
    });
    const json = parseJson(bytes);
    const manifest = parsePackManifest(json);
    await cache.putManifest(url, json);
    return manifest;
  } catch (error) {
    const stored = isPassing(error) ? await cache.getManifest(url) : undefined;
    if (stored === undefined) throw error;
    return parsePackManifest(stored);
  }
}

/** True for failures that say nothing about the pack: no connection, too many requests, a server that fails. */
function isPassing(error: unknown): boolean {
  if (isAppError(error, "network")) return true;
  return (
    isAppError(error, "http-status") &&
    (error.detail.status >= SERVER_ERRORS || error.detail.status === TOO_MANY_REQUESTS)
  );
}

/**
 * Gets files of a pack, from the cache where their hash is right and else from the server, and keeps what it downloaded.
 * A download that was broken off goes on with the files that are still missing.
 *
 * @param names which files, by their name in the manifest
 * @param item the progress item under which bytes are reported; their total is that of all `names`
 * @throws AppError `network`, `http-status`, `short-read`, `hash-mismatch` or `pack-corrupt`; an AbortError after `signal`
 */
export async function fetchPackFiles(
  pack: PackSource,
  manifest: PackManifest,
  names: readonly string[],
  item: string,
  cache: PackCache,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const files = names.map((name) => findFile(manifest, name));
  const sizes = files.map((file) => file.bytes);
  const progress = createByteProgress(sizes, item, report);
  const contents = await cancelOnFailure(signal, (either) =>
    Promise.all(
      files.map(async (file, index) => {
        const onLoaded = (loaded: number): void => progress.set(index, loaded);
        const bytes = await getFile(pack, file, cache, onLoaded, either);
        progress.set(index, file.bytes);
        return [file.name, bytes] as const;
      }),
    ),
  );
  progress.finish();
  return new Map(contents);
}

/** Forgets the files of packs that have been replaced since. */
export async function removeOutdatedFiles(cache: PackCache): Promise<void> {
  const listed = new Set<string>();
  for (const stored of await cache.getManifests()) {
    try {
      for (const file of parsePackManifest(stored).files) listed.add(file.sha256);
    } catch {
      // A manifest of another version of this program: its files go, and are downloaded again if it comes back.
    }
  }
  await cache.keepOnly(listed);
}

async function getFile(
  pack: PackSource,
  file: PackFile,
  cache: PackCache,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (pack.kind === "files") {
    const held = await readPackBlob(pack.files, file.name);
    if (!(await hasHash(held, file)))
      throw new AppError({ code: "hash-mismatch", file: file.name });
    return held;
  }
  const stored = await cache.getFile(file.sha256);
  if (stored !== undefined) {
    if (await hasHash(stored, file)) return stored;
    await cache.deleteFile(file.sha256);
  }
  const bytes = await downloadFile(pack.url + file.name, file, onLoaded, signal);
  signal.throwIfAborted();
  await cache.putFile(file.sha256, bytes);
  return bytes;
}

/**
 * The names of a pack do not change with its content. So the HTTP cache is asked to revalidate, and where the file is still
 * another one than the manifest promises, such as that of an earlier version kept for offline use, every cache is passed by.
 */
async function downloadFile(
  url: string,
  file: PackFile,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await downloadOnce(url, file, "no-cache", onLoaded, signal);
  } catch (error) {
    if (!isAppError(error, "hash-mismatch") && !isAppError(error, "short-read")) throw error;
    return downloadOnce(url, file, "reload", onLoaded, signal);
  }
}

async function downloadOnce(
  url: string,
  file: PackFile,
  cache: RequestCache,
  onLoaded: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await downloadBytes(url, { signal, cache, limit: file.bytes }, onLoaded);
  if (bytes.length !== file.bytes) {
    const received = bytes.length;
    throw new AppError({ code: "short-read", url, expected: file.bytes, received });
  }
  if (!(await hasHash(bytes, file))) {
    throw new AppError({ code: "hash-mismatch", file: file.name });
  }
  return bytes;
}

async function hasHash(bytes: Uint8Array<ArrayBuffer>, file: PackFile): Promise<boolean> {
  if (bytes.length !== file.bytes) return false;
  return (await sha256Hex(bytes)) === file.sha256;
}

/**
 * Reads a JSON file of a pack.
 *
 * @throws AppError `pack-corrupt` where it is not JSON in UTF-8
 */
export function parseJson(bytes: Uint8Array<ArrayBuffer>, file = MANIFEST_FILE): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AppError({ code: "pack-corrupt", file, why: "not JSON" }, { cause: error });
  }
}

function findFile(manifest: PackManifest, name: string): PackFile {
  const file = manifest.files.find((entry) => entry.name === name);
  if (file === undefined) {
    throw new AppError({ code: "pack-corrupt", file: MANIFEST_FILE, why: `no file ${name}` });
  }
  return file;
}
