import {
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../src/core/edition/edition-manifest.ts";
import { AppError, isAbort } from "../../src/core/errors.ts";
import type { BlockStore } from "./block-store.ts";

/** The content hash of a file, wherever a manifest names it. */
const SHA_256 = /"sha256"\s*:\s*"([0-9a-f]{64})"/g;
/** What a manifest calls its edition. */
const EDITION_ID = /"editionId"\s*:\s*"([^"]+)"/g;

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
  if ((await store.getManifest(url)) !== text) {
    await store.putManifest(url, text);
    const known = await knownFiles(store, manifest);
    if (known !== null) await store.keepOnly(known);
  }
  return manifest;
}

/**
 * Content hashes of the files of all editions that were opened last, under whatever address and of whatever version, and of the one
 * that is being opened, whose manifest may have found no room. Null where storage does not tell: then nothing may be deleted.
 */
export function knownFiles(
  store: Pick<BlockStore, "allManifests">,
  opening: EditionManifest,
): Promise<ReadonlySet<string> | null> {
  return namedBy(SHA_256, store, opening);
}

/** The ids of the same editions. */
export function knownEditions(
  store: Pick<BlockStore, "allManifests">,
  opening: EditionManifest,
): Promise<ReadonlySet<string> | null> {
  return namedBy(EDITION_ID, store, opening);
}

async function namedBy(
  what: RegExp,
  store: Pick<BlockStore, "allManifests">,
  opening: EditionManifest,
): Promise<ReadonlySet<string> | null> {
  const texts = await store.allManifests();
  if (texts === null) return null;
  const all = [...texts, JSON.stringify(opening)];
  return new Set(all.flatMap((text) => [...text.matchAll(what)].map(([, name = ""]) => name)));
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
