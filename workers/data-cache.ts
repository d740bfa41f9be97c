import type { PrecacheEntry } from "workbox-precaching";
import { sliceResponse } from "./byte-range.ts";
import { withSecurityHeaders } from "./security-response.ts";

/** The large files of this build: kept after their first use, and answered from the cache when there is no network. */
export interface DataCache {
  /** True for the files that this cache is for. */
  holds(url: URL): boolean;
  /** Network first; a whole file that arrives is kept, a range is cut from the kept file when the network fails. */
  answer(request: Request, keepAlive: (work: Promise<unknown>) => void): Promise<Response>;
  /** Fetches every wanted file that is not kept yet, one after the other. False when one could not be kept. */
  keepAll(isWanted: (url: string) => boolean): Promise<boolean>;
  /** Deletes files of earlier builds. */
  removeOutdated(): Promise<void>;
}

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

  async function keep(key: string, response: Response): Promise<boolean> {
    try {
      await (await caches.open(cacheName)).put(key, response);
      return true;
    } catch {
      // Full or refused storage: the page works on, only not offline.
      return false;
    }
  }

  return {
    holds: (url) => keys.has(withoutQuery(url)),
    async answer(request, keepAlive) {
      const key = keys.get(withoutQuery(new URL(request.url))) ?? request.url;
      const range = request.headers.get("Range");
      try {
        const response = await fetch(request);
        if (response.status === 200 && range === null) keepAlive(keep(key, response.clone()));
        return withSecurityHeaders(request, response);
      } catch (error) {
        const kept = await caches.match(key, { cacheName });
        if (kept === undefined) throw error;
        return withSecurityHeaders(
          request,
          range === null ? kept : await sliceResponse(kept, range),
        );
      }
    },
    async keepAll(isWanted) {
      const cache = await caches.open(cacheName);
      let isComplete = true;
      for (const [address, key] of keys) {
        if (!isWanted(address) || (await cache.match(key)) !== undefined) continue;
        const response = await fetch(address).catch(() => undefined);
        const isKept = response?.status === 200 && (await keep(key, response));
        isComplete = isComplete && isKept;
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

function withoutQuery(url: URL): string {
  return url.origin + url.pathname;
}
