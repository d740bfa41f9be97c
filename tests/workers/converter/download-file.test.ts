import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DownloadTarget, downloadFile } from "../../../workers/converter/download-file.ts";
import { openPieceStore, type PieceStore } from "../../../workers/converter/piece-store.ts";
import { createRetry } from "../../../workers/retry.ts";
import { type FakeHub, startFakeHub } from "../../helpers/fake-hub.ts";

/** Some pieces of the store, and no whole number of them. */
const BYTES = 5_000_001;
const content = new Uint8Array(BYTES).map((_, index) => (index * 31 + (index >> 9)) & 255);
const sha256 = createHash("sha256").update(content).digest("hex");
const live = new AbortController().signal;
const path = "owner/model/onnx/weights.onnx";

let hub: FakeHub;
let store: PieceStore;
let waits: number[];

beforeEach(async () => {
  hub = await startFakeHub(new Map([[path, content]]));
  store = await openPieceStore();
  waits = [];
});
afterEach(async () => {
  await hub.close();
  indexedDB.deleteDatabase("artefact-made-models");
});

function target(changes: Partial<DownloadTarget> = {}): DownloadTarget {
  return {
    file: "weights",
    url: `${hub.url}owner/model/resolve/main/onnx/weights.onnx`,
    size: BYTES,
    limit: 2 * BYTES,
    digest: { algorithm: "sha256", hex: sha256 },
    ...changes,
  };
}

const retry = createRetry(
  (ms, signal) => {
    waits.push(ms);
    signal.throwIfAborted();
    return Promise.resolve();
  },
  { attempts: 4, firstWaitMs: 100, longestWaitMs: 60_000, jitter: 0 },
);

function download(
  wanted: DownloadTarget = target(),
  signal = live,
  onLoaded: (loaded: number) => void = () => {},
  stallMs = 20_000,
): Promise<Blob> {
  const tools = {
    store,
    fetch: globalThis.fetch,
    retry,
    now: () => performance.now(),
    stallMs,
  };
  return downloadFile(wanted, tools, onLoaded, signal);
}

async function expectContent(blob: Blob): Promise<void> {
  const hash = createHash("sha256").update(new Uint8Array(await blob.arrayBuffer()));
  expect(hash.digest("hex")).toBe(sha256);
}

const storeRanges = () =>
  hub.requests.filter(({ host }) => host === "store").map(({ range }) => range);

describe("downloading a file from a hub", () => {
  it("follows the redirect to the store, keeps pieces and reports every byte", async () => {
    const loaded: number[] = [];
    await expectContent(await download(target(), live, (bytes) => loaded.push(bytes)));
    expect(loaded.at(-1)).toBe(BYTES);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect((await store.pieces("weights")).length).toBeGreaterThan(1);
    expect(hub.requests.map(({ host }) => host)).toEqual(["hub", "store"]);
  });

  it("takes nothing from the network when all is there", async () => {
    await download();
    hub.reset();
    await expectContent(await download());
    expect(hub.requests).toEqual([]);
  });

  it("goes on at the byte after each of ten dropped connections, and fetches nothing twice", async () => {
    const at = Array.from({ length: 10 }, (_, index) => 300_000 + index * 450_007);
    hub.faults.set("weights.onnx", { kind: "drop", at: [...at] });
    await expectContent(await download());
    const starts = storeRanges().map((range) => Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0));
    expect(starts).toEqual([0, ...at]);
    expect(hub.bytes()).toBe(BYTES);
    // One redirect: its target serves the ranges too.
    expect(hub.requests.filter(({ host }) => host === "hub")).toHaveLength(1);
  });

  it("asks for a new signature when the old one has expired", async () => {
    hub.signedUses = 1;
    hub.faults.set("weights.onnx", { kind: "drop", at: [2_000_000] });
    await expectContent(await download());
    expect(hub.requests.map(({ host }) => host)).toEqual(["hub", "store", "store", "hub", "store"]);
    expect(hub.bytes()).toBe(BYTES);
  });

  it("goes on at the next visit with what the last one has left", async () => {
    const leaving = new AbortController();
    const first = download(target(), leaving.signal, (loaded) => {
      if (loaded > 3_000_000) leaving.abort();
    });
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    store = await openPieceStore();
    const there = (await store.pieces("weights")).reduce((sum, { size }) => sum + size, 0);
    expect(there).toBeGreaterThan(3_000_000);
    hub.reset();
    await expectContent(await download());
    expect(storeRanges()).toEqual([`bytes=${there}-${BYTES - 1}`]);
    expect(hub.bytes()).toBe(BYTES - there);
  });

  it("fetches a file with wrong bytes anew, and gives it up when it stays wrong", async () => {
    hub.faults.set("weights.onnx", { kind: "wrong-bytes", times: 1 });
    await expectContent(await download());
    await store.removeFile("weights");
    hub.faults.set("weights.onnx", { kind: "wrong-bytes" });
    await expect(download()).rejects.toMatchObject({
      detail: { code: "hash-mismatch", file: "weights.onnx" },
    });
    expect(await store.pieces("weights")).toEqual([]);
  });

  it.each(["longer", "shorter"] as const)(
    "refuses a file that is %s than published, and takes the right one later",
    async (kind) => {
      hub.faults.set("weights.onnx", { kind });
      await expect(download()).rejects.toMatchObject({ detail: { code: "short-read" } });
      hub.faults.clear();
      await expectContent(await download());
    },
  );

  it.each(["ignore-range", "wrong-range"] as const)(
    "uses the rest of the whole where the server's answer to a range is wrong (%s)",
    async (kind) => {
      hub.faults.set("weights.onnx", { kind: "drop", at: [3_000_000] });
      const leaving = new AbortController();
      await download(target(), leaving.signal, (loaded) => {
        if (loaded === 3_000_000) leaving.abort();
      }).catch(() => {});
      hub.faults.set("weights.onnx", { kind });
      await expectContent(await download());
    },
  );

  it("waits as long as the hub says when it is asked too often", async () => {
    hub.faults.set("weights.onnx", { kind: "status", status: 429, retryAfter: "7", times: 2 });
    await expectContent(await download());
    expect(waits).toEqual([7000, 7000]);
  });

  it("tries again after a server error, with growing pauses, and then says so", async () => {
    hub.faults.set("weights.onnx", { kind: "status", status: 503, times: 2 });
    await expectContent(await download());
    expect(waits).toEqual([100, 200]);
    await store.removeFile("weights");
    hub.faults.set("weights.onnx", { kind: "status", status: 500 });
    await expect(download()).rejects.toMatchObject({
      detail: { code: "http-status", status: 500 },
    });
  });

  it.each([401, 403, 404])("gives up at once where the hub answers %i", async (status) => {
    hub.faults.set("weights.onnx", { kind: "status", status });
    await expect(download()).rejects.toMatchObject({ detail: { code: "http-status", status } });
    expect(hub.requests).toHaveLength(1);
  });

  it("asks the hub again where the store refuses a new signature", async () => {
    hub.faults.set("weights.onnx", { kind: "refuse", times: 2 });
    await expectContent(await download());
    expect(hub.requests.filter(({ host }) => host === "hub")).toHaveLength(3);
  });

  it("leaves a connection that has gone silent, and keeps what it brought", async () => {
    hub.faults.set("weights.onnx", { kind: "stall", at: 2_000_000, times: 1 });
    await expectContent(await download(target(), live, () => {}, 500));
    expect(storeRanges()).toContain(`bytes=2000000-${BYTES - 1}`);
  });

  it("never joins two versions of a file without a published hash", async () => {
    const unpublished = target({ size: null, digest: null });
    hub.faults.set("weights.onnx", { kind: "drop", at: [4_500_000] });
    const leaving = new AbortController();
    await download(unpublished, leaving.signal, (loaded) => {
      if (loaded === 4_500_000) leaving.abort();
    }).catch(() => {});
    const next = content.map((byte) => byte ^ 255);
    hub.files.set(path, next);
    const blob = await download(unpublished);
    expect(Buffer.from(await blob.arrayBuffer()).equals(next)).toBe(true);
  });

  it("begins anew where another hash is wanted than last time", async () => {
    await download();
    const next = content.map((byte) => byte ^ 255);
    hub.files.set(path, next);
    const hex = createHash("sha256").update(next).digest("hex");
    const blob = await download(target({ digest: { algorithm: "sha256", hex } }));
    expect(Buffer.from(await blob.arrayBuffer()).equals(next)).toBe(true);
  });

  it("checks small files by Git's own hash", async () => {
    const small = new TextEncoder().encode('{"hidden_size": 768}');
    hub.files.set("owner/model/config.json", small);
    const url = `${hub.url}owner/model/resolve/main/config.json`;
    const hex = createHash("sha1").update(`blob ${small.length}\0`).update(small).digest("hex");
    const digest = { algorithm: "git-sha1", hex } as const;
    const blob = await download(target({ file: "config", url, size: small.length, digest }));
    expect(await blob.text()).toBe('{"hidden_size": 768}');
    const wrong = { algorithm: "git-sha1", hex: "0".repeat(40) } as const;
    const other = target({ file: "other", url, size: small.length, digest: wrong });
    await expect(download(other)).rejects.toMatchObject({ detail: { code: "hash-mismatch" } });
  });
});
