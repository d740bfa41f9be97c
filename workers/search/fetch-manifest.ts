import {
  EDITION_FILES,
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../src/core/edition/manifest.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import type { BlockStore } from "./block-store.ts";

/** What fetching a manifest needs from its surroundings. */
export interface ManifestOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly store: BlockStore;
}

/**
 * Fetches and validates an edition's manifest, always fresh: it is the one file that changes. Without a connection the one
 * last seen under this address serves, since the files that it names never change.
 *
 * @param editionUrl ends in "/"
 * @throws AppError `network`, `http-status`, `edition-version`, `edition-corrupt`
 */
export async function fetchManifest(
  editionUrl: string,
  { fetch, store }: ManifestOptions,
  signal: AbortSignal,
): Promise<EditionManifest> {
  const url = editionUrl + EDITION_MANIFEST;
  let text: string;
  try {
    text = await fetchText(url, fetch, signal);
  } catch (error) {
    if (isAbort(error)) throw error;
    const known = await store.getManifest(url);
    if (known === undefined) throw error;
    return parseText(known);
  }
  const manifest = parseText(text);
  const former = await store.getManifest(url);
  if (former !== text) {
    await store.putManifest(url, text);
    if (former !== undefined) await forgetFiles(former, manifest, store);
  }
  return manifest;
}

/** Deletes the stored blocks of the edition that `manifest` takes the place of. */
async function forgetFiles(
  former: string,
  manifest: EditionManifest,
  store: BlockStore,
): Promise<void> {
  const current = new Set(EDITION_FILES.map((file) => manifest.files[file].sha256));
  let files: EditionManifest["files"];
  try {
    files = parseText(former).files;
  } catch {
    // Written by another version: what it names is unknown, and the browser will make room when it has to.
    return;
  }
  for (const file of EDITION_FILES) {
    const { sha256 } = files[file];
    if (!current.has(sha256)) await store.deleteFile(sha256);
  }
}

async function fetchText(
  url: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { cache: "no-store", signal });
    if (response.ok) return await response.text();
  } catch (cause) {
    throw isAbort(cause) ? cause : new AppError({ code: "network", url }, { cause });
  }
  throw new AppError({ code: "http-status", url, status: response.status });
}

function parseText(text: string): EditionManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const detail = { code: "edition-corrupt", file: EDITION_MANIFEST, why: "not JSON" } as const;
    throw new AppError(detail, { cause });
  }
  return parseEditionManifest(json);
}
