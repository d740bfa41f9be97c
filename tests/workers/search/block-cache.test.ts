import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EditionFile } from "../../../src/core/edition/manifest.ts";
import { createBlockMemory } from "../../../workers/search/block-memory.ts";
import {
  type BlockStore,
  emptyBlockStore,
  openBlockStore,
} from "../../../workers/search/block-store.ts";
import { withBlockCache } from "../../../workers/search/with-block-cache.ts";
import { sha256Hex } from "../../../workers/sha256-hex.ts";
import {
  bytesOf,
  type CountingOptions,
  createCountingSource,
  createGate,
  neverAborted,
  settle,
} from "../../helpers/counting-source.ts";

const SIZE = 1050;
const CHUNK = 100;

async function describeFile(): Promise<EditionFile> {
  const chunkSha256: string[] = [];
  for (let start = 0; start < SIZE; start += CHUNK) {
    chunkSha256.push(await sha256Hex(bytesOf({ start, end: Math.min(start + CHUNK, SIZE) })));
  }
  const sha256 = await sha256Hex(bytesOf({ start: 0, end: SIZE }));
  return { name: "codes.bin", bytes: SIZE, sha256, chunkBytes: CHUNK, chunkSha256 };
}

/** A cache over a fresh counting source, as a page that was just opened has it. */
async function openCache(store: BlockStore, options: Partial<CountingOptions> = {}, memory = 0) {
  const source = createCountingSource({ size: SIZE, ...options });
  const file = await describeFile();
  const cached = withBlockCache(source, {
    file,
    store,
    memory: createBlockMemory(memory),
    digest: sha256Hex,
  });
  return { source, cached, file };
}

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("withBlockCache", () => {
  it("reads whole blocks once and never again after the page was closed", async () => {
    const store = await openBlockStore();
    const first = await openCache(store);
    const range = { start: 250, end: 320 };
    expect(await first.cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(first.source.reads).toEqual([
      { start: 200, end: 300 },
      { start: 300, end: 400 },
    ]);
    await settle();
    const second = await openCache(await openBlockStore());
    expect(await second.cached.read({ start: 201, end: 399 }, neverAborted())).toEqual(
      bytesOf({ start: 201, end: 399 }),
    );
    expect(second.source.reads).toEqual([]);
  });

  it("reads the short block at the end, and an empty range without reading", async () => {
    const { cached, source } = await openCache(emptyBlockStore);
    const range = { start: 990, end: SIZE };
    expect(await cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(source.reads.at(-1)).toEqual({ start: 1000, end: 1050 });
    const before = source.reads.length;
    expect(await cached.read({ start: 5, end: 5 }, neverAborted())).toHaveLength(0);
    expect(source.reads.length).toBe(before);
  });

  it("answers from memory without asking the store", async () => {
    const { cached, source } = await openCache(emptyBlockStore, {}, 10_000);
    for (let i = 0; i < 3; i++) await cached.read({ start: 0, end: 100 }, neverAborted());
    expect(source.reads).toHaveLength(1);
  });

  it("fetches a damaged block again and heals the store", async () => {
    const store = await openBlockStore();
    const { file } = await openCache(store);
    await store.put(`${file.sha256}/0`, new Uint8Array(CHUNK));
    const damaged = await openCache(store);
    const range = { start: 0, end: 100 };
    expect(await damaged.cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(damaged.source.reads).toHaveLength(1);
    await settle();
    const healed = await openCache(store);
    expect(await healed.cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(healed.source.reads).toHaveLength(0);
  });

  it("tries once more when a block arrives damaged, then says so; nothing of it is kept", async () => {
    const store = await openBlockStore();
    const once = await openCache(store, {
      answer: (range, index) => (index === 0 ? new Uint8Array(100) : bytesOf(range)),
    });
    expect(await once.cached.read({ start: 0, end: 9 }, neverAborted())).toEqual(
      bytesOf({ start: 0, end: 9 }),
    );
    const always = await openCache(store, { answer: () => new Uint8Array(100) });
    const reading = always.cached.read({ start: 500, end: 510 }, neverAborted());
    await expect(reading).rejects.toMatchObject({
      detail: { code: "hash-mismatch", file: "codes.bin" },
    });
    expect(always.source.reads).toHaveLength(2);
    const later = await openCache(store);
    await later.cached.read({ start: 500, end: 510 }, neverAborted());
    expect(later.source.reads).toHaveLength(1);
  });

  it("shares a block between callers, and one who leaves takes nothing from the other", async () => {
    const gate = createGate();
    const { cached, source } = await openCache(emptyBlockStore, { before: () => gate.opened });
    const controller = new AbortController();
    const leaving = cached.read({ start: 0, end: 10 }, controller.signal);
    const staying = cached.read({ start: 50, end: 60 }, neverAborted());
    await settle();
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ name: "AbortError" });
    gate.open();
    expect(await staying).toEqual(bytesOf({ start: 50, end: 60 }));
    expect(source.reads).toHaveLength(1);
    expect(source.aborted()).toBe(0);
  });

  it("never keeps a failed read", async () => {
    const { cached } = await openCache(emptyBlockStore, {
      before: (_, index) => {
        if (index === 0) throw new Error("cut off");
      },
    });
    await expect(cached.read({ start: 0, end: 1 }, neverAborted())).rejects.toThrow("cut off");
    await expect(cached.read({ start: 0, end: 1 }, neverAborted())).resolves.toHaveLength(1);
  });
});

describe("openBlockStore", () => {
  it("keeps blocks and manifests", async () => {
    const store = await openBlockStore();
    await store.put("a/0", Uint8Array.of(1, 2));
    await store.putManifest("https://x/manifest.json", "{}");
    const again = await openBlockStore();
    expect(await again.get("a/0")).toEqual(Uint8Array.of(1, 2));
    expect(await again.getManifest("https://x/manifest.json")).toBe("{}");
    expect(await again.get("a/1")).toBeUndefined();
  });

  it("keeps nothing, and says nothing, where IndexedDB is missing", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const store = await openBlockStore();
    await store.put("a/0", Uint8Array.of(1));
    expect(await store.get("a/0")).toBeUndefined();
    expect(await store.getManifest("x")).toBeUndefined();
  });

  it("keeps nothing where IndexedDB refuses to open", async () => {
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new Error("denied");
      },
    });
    expect(await openBlockStore()).toBe(emptyBlockStore);
  });

  it("goes on reading when there is no room, and stops writing", async () => {
    const store = await openBlockStore();
    await store.put("a/0", Uint8Array.of(1));
    let writes = 0;
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      writes++;
      throw new DOMException("no room", "QuotaExceededError");
    });
    await store.put("a/1", Uint8Array.of(2));
    await store.put("a/2", Uint8Array.of(3));
    put.mockRestore();
    expect(writes).toBe(1);
    expect(await store.get("a/0")).toEqual(Uint8Array.of(1));
    const database = await openDB("artefact-editions");
    expect(await database.count("blocks")).toBe(1);
    database.close();
  });
});
