import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodePackTools } from "../../../scripts/build-model/write-pack.ts";
import { isAppError } from "../../../src/core/errors.ts";
import { MANIFEST_FILE, PACK_FILES } from "../../../src/core/model/pack-manifest.ts";
import type { PackSource } from "../../../src/core/protocol.ts";
import {
  fetchManifest,
  fetchPackFiles,
  removeOutdatedFiles,
} from "../../../workers/encoder/fetch-pack.ts";
import { openPackCache, type PackCache } from "../../../workers/encoder/pack-cache.ts";
import { buildMemoryPack } from "../../helpers/memory-pack.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../../helpers/random-clip.ts";
import { waitFor } from "../../helpers/wait-for.ts";

const live = new AbortController().signal;
const ignore = () => {};
const packUrl = "https://pack.test/";
const source: PackSource = { kind: "url", url: packUrl };
const names = [PACK_FILES.trunkData, PACK_FILES.headData];
type Pack = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
const first = await buildMemoryPack(randomClipSources(1), RANDOM_PACK_OPTIONS, nodePackTools, live);
const second = await buildMemoryPack(
  randomClipSources(2),
  RANDOM_PACK_OPTIONS,
  nodePackTools,
  live,
);

afterEach(() => {
  vi.unstubAllGlobals();
  indexedDB.deleteDatabase("artefact-models");
});

/** Serves a pack in place of the network and lists the files that were asked for. */
function serve(pack: Pack): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    const name = url.slice(packUrl.length);
    asked.push(name);
    return new Response(pack.get(name) ?? null, { status: pack.has(name) ? 200 : 404 });
  });
  return asked;
}

async function load(cache: PackCache) {
  const manifest = await fetchManifest(source, cache, live);
  return fetchPackFiles(source, manifest, names, "model", cache, ignore, live);
}

describe("the cache of model packs", () => {
  it("gives files from memory the second time, and asks for the manifest only", async () => {
    const cache = await openPackCache();
    serve(first);
    await load(cache);
    const asked = serve(first);
    expect((await load(cache)).get(PACK_FILES.headData)).toEqual(first.get(PACK_FILES.headData));
    expect(asked).toEqual([MANIFEST_FILE]);
  });

  it("downloads again what was changed in storage", async () => {
    const cache = await openPackCache();
    serve(first);
    const manifest = await fetchManifest(source, cache, live);
    await load(cache);
    const head = manifest.files.find(({ name }) => name === PACK_FILES.headData);
    const spoiled = first.get(PACK_FILES.headData)?.slice() ?? new Uint8Array();
    spoiled[40] = 255 - (spoiled[40] ?? 0);
    await cache.putFile(head?.sha256 ?? "", spoiled);
    const asked = serve(first);
    expect((await load(cache)).get(PACK_FILES.headData)).toEqual(first.get(PACK_FILES.headData));
    expect(asked).toEqual([MANIFEST_FILE, PACK_FILES.headData]);
  });

  it("passes every cache by where one of them has another version of a file", async () => {
    const cache = await openPackCache();
    vi.stubGlobal("fetch", async (url: string, { cache: mode }: RequestInit) => {
      const pack = mode === "no-cache" ? second : first;
      return new Response(pack.get(url.slice(packUrl.length)) ?? null);
    });
    expect((await load(cache)).get(PACK_FILES.trunkData)).toEqual(first.get(PACK_FILES.trunkData));
  });

  it("uses the manifest seen last where the server answers 503, and says so where there is none", async () => {
    const cache = await openPackCache();
    serve(first);
    const manifest = await fetchManifest(source, cache, live);
    await load(cache);
    vi.stubGlobal("fetch", async () => new Response("fault", { status: 503 }));
    expect(await fetchManifest(source, cache, live)).toEqual(manifest);
    expect((await load(cache)).size).toBe(names.length);
    const elsewhere = fetchManifest({ kind: "url", url: "https://other.test/" }, cache, live);
    await expect(elsewhere).rejects.toMatchObject({ detail: { code: "http-status", status: 503 } });
  });

  it("goes on with the files that are missing after a download that was broken off", async () => {
    const cache = await openPackCache();
    serve(first);
    const answer = globalThis.fetch;
    const { files } = await fetchManifest(source, cache, live);
    const other = files.find(({ name }) => name === PACK_FILES.trunkData)?.sha256 ?? "";
    vi.stubGlobal("fetch", async (url: string) => {
      if (!url.endsWith(PACK_FILES.headData)) return answer(url);
      // Until the other file has arrived and is kept.
      await waitFor(async () => expect(await cache.getFile(other)).toBeDefined());
      throw new TypeError("connection reset");
    });
    const error = await load(cache).catch((e: unknown) => e);
    expect(isAppError(error, "network")).toBe(true);
    const asked = serve(first);
    expect((await load(cache)).size).toBe(names.length);
    expect(asked).toEqual([MANIFEST_FILE, PACK_FILES.headData]);
  });

  it("forgets the files of a pack that has been replaced, and no others", async () => {
    const cache = await openPackCache();
    serve(first);
    const old = await fetchManifest(source, cache, live);
    await load(cache);
    serve(second);
    const next = await fetchManifest(source, cache, live);
    await load(cache);
    await removeOutdatedFiles(cache);
    const hashOf = (manifest: typeof old) =>
      manifest.files.find(({ name }) => name === PACK_FILES.trunkData)?.sha256 ?? "";
    expect(await cache.getFile(hashOf(old))).toBeUndefined();
    expect(await cache.getFile(hashOf(next))).toEqual(second.get(PACK_FILES.trunkData));
  });

  it("holds nothing, and fails at nothing, where there is no storage", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const cache = await openPackCache();
    const asked = serve(first);
    await load(cache);
    await removeOutdatedFiles(cache);
    expect((await load(cache)).get(PACK_FILES.headData)).toEqual(first.get(PACK_FILES.headData));
    expect(asked).toHaveLength(6);
    expect(cache.state()).toBe("unavailable");
  });

  it("says when there was no room, and when there is room again", async () => {
    const cache = await openPackCache();
    expect(cache.state()).toBe("kept");
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    await cache.putFile("a", new Uint8Array(1));
    expect(cache.state()).toBe("full");
    put.mockRestore();
    await cache.putFile("a", new Uint8Array(1));
    expect(cache.state()).toBe("kept");
  });

  it("goes on without storage that never opens", async () => {
    vi.stubGlobal("indexedDB", { open: () => new EventTarget() });
    const cache = await openPackCache();
    serve(first);
    expect((await load(cache)).size).toBe(names.length);
  }, 10_000);
});
