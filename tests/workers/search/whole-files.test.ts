import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { countedBlocks, joinBlocks, uniformBlocks } from "../../../src/core/bytes/block-map.ts";
import { hashesFromHex } from "../../../workers/search/block-hashes.ts";
import { createBlockMemory } from "../../../workers/search/block-memory.ts";
import { emptyBlockStore } from "../../../workers/search/block-store.ts";
import { openBlobFiles } from "../../../workers/search/whole-files/blob-files.ts";
import { downloadFiles } from "../../../workers/search/whole-files/download-files.ts";
import { createFileAccess } from "../../../workers/search/whole-files/file-access.ts";
import { createKeptFiles, type KeptFile } from "../../../workers/search/whole-files/kept-files.ts";
import type { WholeFileStore } from "../../../workers/search/whole-files/whole-file-store.ts";
import { withBlockCache } from "../../../workers/search/with-block-cache.ts";
import { sha256Hex } from "../../../workers/sha256-hex.ts";
import {
  bytesOf,
  type CountingOptions,
  createCountingSource,
  neverAborted,
} from "../../helpers/counting-source.ts";

const blocks = countedBlocks([3, 0, 5, 2, 9, 4, 1, 7, 0, 6, 8, 5], 40);
const SIZE = blocks.size;
const file: KeptFile = { key: "counting", blocks, segments: joinBlocks(blocks, 200) };
const other: KeptFile = {
  key: "other",
  blocks: uniformBlocks(500, 100),
  segments: joinBlocks(uniformBlocks(500, 100), 200),
};

let store: WholeFileStore;
beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  store = await openBlobFiles();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** Downloads the file from a source that may misbehave. */
async function download(options: Partial<CountingOptions> = {}, signal = neverAborted()) {
  const source = createCountingSource({ size: SIZE, ...options });
  const kept = createKeptFiles(store);
  await kept.register(file);
  const reports: number[] = [];
  const onKept = (bytes: number) => void reports.push(bytes);
  const ending = downloadFiles(
    [{ file, source, rankOf: (segment) => segment }],
    { store, kept, onKept },
    signal,
  );
  return { source, kept, reports, ending };
}

describe("downloadFiles", () => {
  it("keeps every byte of a file, joins neighbours, and counts what is kept", async () => {
    const { source, kept, reports, ending } = await download();
    await ending;
    expect(kept.bytes()).toBe(SIZE);
    expect(source.bytes()).toBe(SIZE);
    expect(source.reads).toHaveLength(Math.ceil(file.segments.count / 4));
    expect(source.peak()).toBeLessThanOrEqual(4);
    expect(reports).toHaveLength(file.segments.count);
    expect(reports.at(-1)).toBe(SIZE);
    const reader = kept.over(emptyBlockStore);
    for (let block = 0; block < blocks.count; block++) {
      const range = blocks.range(block);
      if (range.end > range.start)
        expect(await reader.get(file.key, block)).toEqual(bytesOf(range));
    }
  });

  it("goes on where a failure or a cancellation ended it, in this visit and in the next", async () => {
    const failing = await download({
      before: (_, index) => {
        if (index === 1) throw new Error("cut off");
      },
    });
    await expect(failing.ending).rejects.toThrow("cut off");
    const controller = new AbortController();
    const cancelled = await download(
      { before: (_, index) => (index === 0 ? undefined : new Promise(() => controller.abort())) },
      controller.signal,
    );
    const before = cancelled.kept.bytes();
    await expect(cancelled.ending).rejects.toMatchObject({ name: "AbortError" });
    store = await openBlobFiles();
    const last = await download();
    expect(last.kept.bytes()).toBeGreaterThanOrEqual(before);
    const missing = SIZE - last.kept.bytes();
    await last.ending;
    expect(last.kept.bytes()).toBe(SIZE);
    expect(last.source.bytes()).toBe(missing);
    expect(missing).toBeLessThan(SIZE);
  });

  it("says that there is no room, and keeps what was written before", async () => {
    let writes = 0;
    const original = store.write.bind(store);
    store.write = (...args) => {
      writes++;
      return writes > 2
        ? Promise.reject(new DOMException("no room", "QuotaExceededError"))
        : original(...args);
    };
    const { kept, ending } = await download();
    await expect(ending).rejects.toMatchObject({ detail: { code: "storage-full" } });
    expect(kept.bytes()).toBeGreaterThan(0);
    expect(kept.bytes()).toBeLessThan(SIZE);
  });

  it("takes a write that the browser ended for a failure and not for a cancellation", async () => {
    store.write = () => Promise.reject(new DOMException("aborted", "AbortError"));
    const { ending } = await download();
    await expect(ending).rejects.toMatchObject({
      detail: { code: "storage-failed", why: "aborted" },
    });
  });

  it("lets go of the files only when nothing is being written any more", async () => {
    const order: string[] = [];
    const write = store.write.bind(store);
    store.write = async (...args) => {
      order.push("write");
      if (order.length === 1) throw new DOMException("no room", "QuotaExceededError");
      await new Promise((resolve) => setTimeout(resolve, 5));
      await write(...args);
      order.push("written");
    };
    store.settle = async () => void order.push("settled");
    const { ending } = await download();
    await expect(ending).rejects.toMatchObject({ detail: { code: "storage-full" } });
    expect(order).toContain("written");
    expect(order.at(-1)).toBe("settled");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(order.at(-1)).toBe("settled");
  });

  it("says what the browser says where it refuses to write", async () => {
    store.write = () => Promise.reject(new DOMException("held", "NoModificationAllowedError"));
    const { ending } = await download();
    await expect(ending).rejects.toMatchObject({
      detail: { code: "storage-failed", why: "held" },
    });
  });
});

describe("createKeptFiles", () => {
  /** The block cache of a page that finds the file kept. */
  async function openPage() {
    const source = createCountingSource({ size: SIZE });
    const kept = createKeptFiles(store);
    await kept.register(file);
    const hashes = await Promise.all(
      Array.from({ length: blocks.count }, (_, block) => sha256Hex(bytesOf(blocks.range(block)))),
    );
    const cached = withBlockCache(source, {
      name: "sign.bin",
      blocks,
      hashes: hashesFromHex(hashes),
      store: kept.over(emptyBlockStore),
      memory: createBlockMemory(0),
    });
    return { source, kept, cached };
  }
  const whole = { start: 0, end: SIZE };

  it("asks the network for nothing where the file is kept", async () => {
    await (await download()).ending;
    const { source, cached } = await openPage();
    expect(await cached.read(whole, neverAborted())).toEqual(bytesOf(whole));
    expect(source.reads).toEqual([]);
  });

  it("heals a damaged segment from the network, and downloads it again when it is asked to", async () => {
    await (await download()).ending;
    const { start, end } = file.segments.range(1);
    await store.write(file, 1, new Uint8Array(end - start));
    const { source, kept, cached } = await openPage();
    expect(await cached.read(whole, neverAborted())).toEqual(bytesOf(whole));
    expect(source.bytes()).toBe(end - start);
    expect(kept.bytes()).toBe(SIZE - (end - start));
    const again = await download();
    await again.ending;
    expect(again.source.bytes()).toBe(end - start);
    const healed = await openPage();
    await healed.cached.read(whole, neverAborted());
    expect(healed.source.reads).toEqual([]);
  });

  it("reads from the network what was cleared while the page was open", async () => {
    await (await download()).ending;
    const { source, kept, cached } = await openPage();
    const database = await openDB("artefact-whole-files");
    await database.clear("segments");
    database.close();
    expect(await cached.read(whole, neverAborted())).toEqual(bytesOf(whole));
    expect(source.bytes()).toBe(SIZE);
    expect(kept.bytes()).toBe(0);
  });

  it("learns of what another tab downloaded, and of what it removed", async () => {
    const { kept } = await openPage();
    expect(kept.bytes()).toBe(0);
    await (await download()).ending;
    await kept.refresh();
    expect(kept.bytes()).toBe(SIZE);
    await store.keepOnly(new Set());
    await kept.refresh();
    expect(kept.bytes()).toBe(0);
  });

  it("keeps files apart, and deletes those that no edition names any more", async () => {
    await (await download()).ending;
    await store.write(other, 0, bytesOf(other.segments.range(0)));
    await store.keepOnly(new Set(["other"]));
    expect((await store.written(file)).size).toBe(0);
    expect([...(await store.written(other))]).toEqual([0]);
  });
});

describe("createFileAccess", () => {
  it("reads a file that another tab holds for itself, as browsers do that cannot share one", async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const held = {
      createSyncAccessHandle: () =>
        Promise.reject(new DOMException("held", "NoModificationAllowedError")),
      getFile: async () => new Blob([bytes]),
    };
    const access = createFileAccess(async () => held as unknown as FileSystemFileHandle);
    expect(await access.read({ start: 1, end: 3 })).toEqual(Uint8Array.of(2, 3));
    await expect(access.read({ start: 1, end: 9 })).rejects.toThrow(RangeError);
    const gone = createFileAccess(() => Promise.reject(new DOMException("gone", "NotFoundError")));
    await expect(gone.read({ start: 0, end: 1 })).rejects.toThrow("gone");
  });
});
