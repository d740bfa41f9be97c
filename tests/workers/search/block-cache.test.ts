import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { countedBlocks, uniformBlocks } from "../../../src/core/bytes/block-map.ts";
import { hashesFromHex, listedHashes } from "../../../workers/search/block-hashes.ts";
import { createBlockMemory } from "../../../workers/search/block-memory.ts";
import {
  type BlockStore,
  emptyBlockStore,
  openBlockStore,
} from "../../../workers/search/block-store.ts";
import { withBlockCache } from "../../../workers/search/with-block-cache.ts";
import { sha256 } from "../../../workers/sha256.ts";
import { sha256Hex } from "../../../workers/sha256-hex.ts";
import {
  bytesOf,
  type CountingOptions,
  createCountingSource,
  createGate,
  neverAborted,
  settle,
} from "../../helpers/counting-source.ts";
import { memorySource } from "../../helpers/memory-source.ts";
import { untilKept } from "../../helpers/until-quiet.ts";

const SIZE = 1050;
const CHUNK = 100;

/** Its bytes are those of every counting source, so that its content hash is, too. */
const KEY = "counting";
const blocks = uniformBlocks(SIZE, CHUNK);

async function hashAll(): Promise<string[]> {
  const hashes: string[] = [];
  for (let block = 0; block < blocks.count; block++) {
    hashes.push(await sha256Hex(bytesOf(blocks.range(block))));
  }
  return hashes;
}

/** A cache over a fresh counting source, as a page that was just opened has it. */
async function openCache(store: BlockStore, options: Partial<CountingOptions> = {}, memory = 0) {
  const source = createCountingSource({ size: SIZE, ...options });
  const cached = withBlockCache(source, {
    name: "codes.bin",
    blocks,
    hashes: hashesFromHex(await hashAll()),
    store,
    memory: createBlockMemory(memory),
  });
  return { source, cached };
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
    await store.flush();
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
    store.put(KEY, 0, new Uint8Array(CHUNK));
    const damaged = await openCache(store);
    const range = { start: 0, end: 100 };
    expect(await damaged.cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(damaged.source.reads).toHaveLength(1);
    await store.flush();
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

describe("withBlockCache over blocks of different lengths", () => {
  const counts = [3, 0, 5, 2, 0];
  const clusters = countedBlocks(counts, 30);
  const HASHES = "hashes";

  /** The list of hashes begins with two entries of another file. */
  async function listHashes(): Promise<Uint8Array<ArrayBuffer>> {
    const list = new Uint8Array(16 * (2 + counts.length));
    for (let block = 0; block < counts.length; block++) {
      const digest = await sha256(bytesOf(clusters.range(block)));
      list.set(digest.subarray(0, 16), 16 * (2 + block));
    }
    return list;
  }

  async function openClusters(options: Partial<CountingOptions> = {}, damage = -1) {
    const list = await listHashes();
    if (damage >= 0) list[damage] = (list[damage] ?? 0) ^ 1;
    const source = createCountingSource({ size: clusters.size, ...options });
    const hashes = memorySource(list, HASHES);
    const cached = withBlockCache(source, {
      name: "sign.bin",
      blocks: clusters,
      hashes: listedHashes(hashes, 2),
      store: emptyBlockStore,
      memory: createBlockMemory(0),
    });
    return { source, hashes, cached };
  }

  it("fetches the clusters that a range touches, and of the list only their hashes", async () => {
    const { source, hashes, cached } = await openClusters();
    const range = { start: 100, end: 130 };
    expect(await cached.read(range, neverAborted())).toEqual(bytesOf(range));
    expect(source.reads).toEqual([{ start: 90, end: 240 }]);
    expect(hashes.reads).toEqual([{ start: 16 * 4, end: 16 * 5 }]);
  });

  it("asks for nothing of an empty cluster", async () => {
    const { source, hashes, cached } = await openClusters();
    const whole = { start: 0, end: clusters.size };
    expect(await cached.read(whole, neverAborted())).toEqual(bytesOf(whole));
    expect(source.reads).toHaveLength(3);
    expect(hashes.reads).toHaveLength(3);
  });

  it("refuses a block that does not have the listed hash, and takes its neighbours", async () => {
    const { cached } = await openClusters({}, 16 * 4 + 15);
    await expect(cached.read({ start: 90, end: 91 }, neverAborted())).rejects.toMatchObject({
      detail: { code: "hash-mismatch", file: "sign.bin" },
    });
    await expect(cached.read({ start: 0, end: 90 }, neverAborted())).resolves.toHaveLength(90);
  });

  it("takes no stored block of another length, whatever its hash", async () => {
    const { source, cached } = await openClusters({ answer: () => new Uint8Array(7) });
    await expect(cached.read({ start: 0, end: 1 }, neverAborted())).rejects.toMatchObject({
      detail: { code: "hash-mismatch" },
    });
    expect(source.reads).toHaveLength(2);
  });
});

describe("openBlockStore", () => {
  it("keeps blocks and manifests", async () => {
    const store = await openBlockStore();
    store.put("a", 0, Uint8Array.of(1, 2));
    expect(await store.get("a", 0)).toEqual(Uint8Array.of(1, 2));
    await store.putManifest("https://x/manifest.json", "{}");
    await store.flush();
    const again = await openBlockStore();
    expect(await again.get("a", 0)).toEqual(Uint8Array.of(1, 2));
    expect(await again.getManifest("https://x/manifest.json")).toBe("{}");
    expect(await again.allManifests()).toEqual(["{}"]);
    expect(await again.get("a", 1)).toBeUndefined();
    expect(await again.stored("a")).toEqual(new Set([0]));
    expect(await again.stored("b")).toEqual(new Set());
    expect(again.state()).toBe("kept");
  });

  it("writes blocks that come together in one transaction, and reads them in one", async () => {
    const store = await openBlockStore();
    // What stores of other tests still had to write would be counted, too.
    await untilKept("artefact-editions", "blocks");
    const transactions = vi.spyOn(IDBDatabase.prototype, "transaction");
    for (let block = 0; block < 100; block++) store.put("a", block, Uint8Array.of(block));
    await store.flush();
    expect(transactions).toHaveBeenCalledTimes(1);
    const blocks = await Promise.all(
      Array.from({ length: 100 }, (_, block) => store.get("a", block)),
    );
    expect(transactions).toHaveBeenCalledTimes(2);
    expect(blocks).toEqual(Array.from({ length: 100 }, (_, block) => Uint8Array.of(block)));
    transactions.mockRestore();
  });

  it("writes every block once, however many come while others are being written", async () => {
    const store = await openBlockStore();
    const puts = vi.spyOn(IDBObjectStore.prototype, "put");
    for (let block = 0; block < 1000; block++) {
      store.put("many", block, Uint8Array.of(block & 255));
      if (block % 50 === 0) await settle();
    }
    await store.flush();
    const written = puts.mock.calls.filter(([, key]) => String(key).startsWith("many/"));
    puts.mockRestore();
    expect(written).toHaveLength(1000);
    expect(await store.get("many", 999)).toEqual(Uint8Array.of(999 & 255));
  });

  it("goes on to tell which blocks are kept", async () => {
    const store = await openBlockStore();
    store.put("a", 0, Uint8Array.of(1));
    await store.flush();
    const stored = await store.stored("a");
    store.put("a", 3, Uint8Array.of(1));
    expect([...stored]).toEqual([0, 3]);
    await store.flush();
    const database = await openDB("artefact-editions");
    await database.clear("blocks");
    database.close();
    expect(await store.get("a", 3)).toBeUndefined();
    expect([...stored]).toEqual([0]);
    store.put("a", 4, Uint8Array.of(1));
    await store.deleteFile("a");
    expect([...stored]).toEqual([]);
  });

  it("deletes one file, or every file that is not wanted any more", async () => {
    const store = await openBlockStore();
    for (const file of ["a", "ab", "b", "c"]) {
      for (const block of [0, 1, 10]) store.put(file, block, Uint8Array.of(1));
    }
    await store.deleteFile("a");
    const has = async (file: string) => (await store.get(file, 10)) !== undefined;
    expect([await has("a"), await has("ab"), await has("b")]).toEqual([false, true, true]);
    await store.keepOnly(new Set(["b"]));
    expect([await has("ab"), await has("b"), await has("c")]).toEqual([false, true, false]);
    const database = await openDB("artefact-editions");
    expect(await database.count("blocks")).toBe(3);
    database.close();
  });

  it("is opened again where the browser closed it, with nothing in it where it was cleared", async () => {
    const store = await openBlockStore();
    store.put("a", 0, Uint8Array.of(1));
    await store.flush();
    // The one that fails must be this store's.
    await untilKept("artefact-editions", "blocks");
    vi.stubGlobal("indexedDB", new IDBFactory());
    const closing = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(() => {
      throw new DOMException("The database connection is closing.", "InvalidStateError");
    });
    expect(await store.get("a", 0)).toBeUndefined();
    expect(closing.mock.calls.length).toBeGreaterThan(1);
    closing.mockRestore();
    store.put("a", 0, Uint8Array.of(2));
    await store.flush();
    expect(await (await openBlockStore()).get("a", 0)).toEqual(Uint8Array.of(2));
    expect(store.state()).toBe("kept");
  });

  it("keeps nothing, and says nothing, where IndexedDB is missing", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const store = await openBlockStore();
    store.put("a", 0, Uint8Array.of(1));
    expect(await store.get("a", 0)).toBeUndefined();
    expect(await store.getManifest("x")).toBeUndefined();
    expect(store.state()).toBe("unavailable");
  });

  it("keeps nothing where IndexedDB refuses to open", async () => {
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new Error("denied");
      },
    });
    expect(await openBlockStore()).toBe(emptyBlockStore);
  });

  it("goes on reading when there is no room, stops writing, and says so", async () => {
    const store = await openBlockStore();
    store.put("a", 0, Uint8Array.of(1));
    await store.flush();
    let writes = 0;
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      writes++;
      throw new DOMException("no room", "QuotaExceededError");
    });
    const stored = await store.stored("a");
    store.put("a", 1, Uint8Array.of(2));
    await store.flush();
    store.put("a", 2, Uint8Array.of(3));
    await store.flush();
    put.mockRestore();
    expect([...stored]).toEqual([0]);
    expect(writes).toBe(1);
    expect(store.state()).toBe("full");
    expect(await store.get("a", 0)).toEqual(Uint8Array.of(1));
    const database = await openDB("artefact-editions");
    expect(await database.count("blocks")).toBe(1);
    // Deleting makes room.
    await store.deleteFile("a");
    expect(await database.count("blocks")).toBe(0);
    database.close();
  });
});
