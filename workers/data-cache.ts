import type { PrecacheEntry } from "workbox-precaching";
import { sliceResponse } from "./byte-range.ts";
import { withSecurityHeaders } from "./security-response.ts";

/** The large files of this build: kept on request as a whole, and from then on answered from the cache. */
export interface DataCache {
  /** True for the files that this cache is for. */
  holds(url: URL): boolean;
  /**
   * Answers from the kept file, of which a range is cut, and from the network where nothing is kept. A manifest is asked of
   * the network first, and so is what the page wants reloaded, because the kept file did not fit the manifest.
   */
  answer(request: Request): Promise<Response>;
  /** Fetches every wanted file that is not kept yet, one after the other. False when one could not be kept. */
  keepAll(isWanted: (url: string) => boolean): Promise<boolean>;
  /** Deletes files of earlier builds. */
  removeOutdated(): Promise<void>;
}

/** The files that say what the current model and edition are. */
const MANIFEST = /\/manifest\.json$/;

/**
 * Creates the cache. Keys carry the revision, so that files of two builds never mix.
 *
 * @param base URL that the entries' addresses are relative to
 */
export function createDataCache(
  cacheName: string,
  entries: readonly PrecacheEntry[],
  base: string,
): DataCache {
  const keys = new Map<string, string>();
  for (const { url, revision } of entries) {
    const address = new URL(url, base);
    const key = new URL(address);
    if (revision) key.searchParams.set("revision", revision);
    keys.set(address.href, key.href);
  }

  async function findKept(request: Request): Promise<Response | undefined> {
    const key = keys.get(withoutQuery(new URL(request.url)));
    if (key === undefined) return undefined;
    // Storage can be taken away at any moment; the network is still there.
    const kept = await caches.match(key, { cacheName }).catch(() => undefined);
    const range = request.headers.get("Range");
    return kept === undefined || range === null ? kept : sliceResponse(kept, range);
  }

  return {
    holds: (url) => keys.has(withoutQuery(url)),
    async answer(request) {
      const isNetworkFirst = MANIFEST.test(request.url) || request.cache === "reload";
      const kept = isNetworkFirst ? undefined : await findKept(request);
      if (kept !== undefined) return withSecurityHeaders(request, kept);
      try {
        return withSecurityHeaders(request, await fetch(request));
      } catch (error) {
        const last = await findKept(request);
        if (last === undefined) throw error;
        return withSecurityHeaders(request, last);
      }
    },
    async keepAll(isWanted) {
      const cache = await caches.open(cacheName);
      let isComplete = true;
      for (const [address, key] of keys) {
        if (!isWanted(address) || (await cache.match(key)) !== undefined) continue;
        isComplete = (await keep(cache, address, key)) && isComplete;
      }
      return isComplete;
    },
    async removeOutdated() {
      const cache = await caches.open(cacheName);
      const current = new Set(keys.values());
      for (const request of await cache.keys()) {
        if (!current.has(request.url)) await cache.delete(request);
      }
    },
  };
}

/**
 * Fetches a file and keeps it. False where the server, the network or the storage failed: the page works on, only not
 * offline. Asked with revalidation: what the page has just downloaded is not sent again, and no stale copy is kept.
 */
async function keep(cache: Cache, address: string, key: string): Promise<boolean> {
  try {
    const response = await fetch(address, { cache: "no-cache" });
    if (!isFile(response)) return false;
    const content = await response.blob();
    if (content.size === 0 || !hasPromisedLength(response, content.size)) return false;
    const { status, statusText, headers } = response;
    await cache.put(key, new Response(content, { status, statusText, headers }));
    return true;
  } catch {
    return false;
  }
}

/** False for what stands in a file's place: errors, and the sign-in page of a captive portal, which answers 200. */
function isFile(response: Response): boolean {
  const type = response.headers.get("Content-Type") ?? "";
  return response.status === 200 && !response.redirected && !/^text\/html\b/i.test(type);
}

/** Content-Length counts the bytes on the way, which compression changes. */
function hasPromisedLength(response: Response, bytes: number): boolean {
  const length = response.headers.get("Content-Length");
  return length === null || response.headers.has("Content-Encoding") || Number(length) === bytes;
}

function withoutQuery(url: URL): string {
  return url.origin + url.pathname;
}
