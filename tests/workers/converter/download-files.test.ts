import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ADAPTER_SOURCES, MODEL_SOURCES } from "../../../src/config/model-sources.ts";
import type { Progress } from "../../../src/core/progress.ts";
import { downloadFiles, type WantedFile } from "../../../workers/converter/download-files.ts";
import { fileUrl } from "../../../workers/converter/hub-addresses.ts";
import { openPieceStore, type PieceStore } from "../../../workers/converter/piece-store.ts";
import { createRetry } from "../../../workers/retry.ts";
import { type FakeHub, startFakeHub } from "../../helpers/fake-hub.ts";

const live = new AbortController().signal;
const large = new Uint8Array(200_000).map((_, index) => index % 251);
const small = new TextEncoder().encode(JSON.stringify({ words: "the same ".repeat(200) }));
const retry = createRetry(() => Promise.resolve(), {
  attempts: 2,
  firstWaitMs: 1,
  longestWaitMs: 1,
  jitter: 0,
});

let hub: FakeHub;
let other: FakeHub;
let store: PieceStore;
beforeEach(async () => {
  const files = new Map([
    ["owner/model/onnx/large.onnx", large],
    ["owner/model/small.json", small],
  ]);
  hub = await startFakeHub(files);
  other = await startFakeHub(files);
  store = await openPieceStore();
});
afterEach(async () => {
  await hub.close();
  await other.close();
  indexedDB.deleteDatabase("artefact-made-models");
});

function wanted(path: string, bytes: number, alternatives: readonly string[] = []): WantedFile {
  const place = { host: hub.url, repository: "owner/model", revision: "main" };
  return { place, file: { path, bytes, digest: null }, alternatives };
}

function download(files: readonly WantedFile[], mirror: string | null, seen: Progress[] = []) {
  const now = () => performance.now();
  const tools = { store, fetch: globalThis.fetch, retry, now, stallMs: 5000 };
  return downloadFiles(files, mirror, "weights", tools, (one) => seen.push(one), live);
}

describe("downloading the files of a model", () => {
  it("checks a file without a hash of ours by the one that the hub publishes", async () => {
    hub.faults.set("large.onnx", { kind: "wrong-bytes" });
    await expect(download([wanted("onnx/large.onnx", large.length)], null)).rejects.toMatchObject({
      detail: { code: "hash-mismatch", file: "large.onnx" },
    });
    hub.faults.clear();
    const blob = (await download([wanted("onnx/large.onnx", large.length)], null)).get(
      "large.onnx",
    );
    expect(Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(large)).toBe(true);
  });

  it("takes small files that arrive compressed, and counts all files in one total", async () => {
    const seen: Progress[] = [];
    const files = [wanted("onnx/large.onnx", large.length), wanted("small.json", small.length)];
    const blobs = await download(files, null, seen);
    expect(await blobs.get("small.json")?.text()).toBe(new TextDecoder().decode(small));
    const total = large.length + small.length;
    for (const one of seen) expect(one).toMatchObject({ item: "weights", total });
    expect(seen.at(-1)).toMatchObject({ loaded: total });
    const asked = hub.requests.filter(({ path }) => path.includes("/resolve/"));
    expect(asked[0]?.path).toContain("small.json");
  });

  it("goes to the next place where the first does not have the file", async () => {
    hub.faults.set("small.json", { kind: "status", status: 404 });
    const place = `${other.url}owner/model/resolve/main/`;
    const blobs = await download([wanted("small.json", small.length, [place])], null);
    expect(blobs.get("small.json")?.size).toBe(small.length);
  });

  it("asks a mirror and nobody else, and reports its failure", async () => {
    other.faults.set("small.json", { kind: "status", status: 404 });
    const place = `${hub.url}owner/model/resolve/main/`;
    const files = [wanted("small.json", small.length, [place])];
    await expect(download(files, other.url)).rejects.toMatchObject({
      detail: {
        code: "http-status",
        status: 404,
        url: `${other.url}owner/model/resolve/main/small.json`,
      },
    });
    expect(hub.requests).toEqual([]);
  });

  it("refuses a file that is much longer than anybody said", async () => {
    const file = wanted("small.json", 10);
    await expect(download([file], null)).rejects.toMatchObject({
      detail: { code: "short-read", expected: 20 },
    });
    hub.reset();
    await expect(download([wanted("onnx/large.onnx", 10)], null)).rejects.toMatchObject({
      detail: { code: "short-read", expected: 20, received: large.length },
    });
    expect(hub.requests.map(({ host }) => host)).toEqual(["hub"]);
  });
});

describe("the configuration of public models", () => {
  const sources = [...MODEL_SOURCES, ...ADAPTER_SOURCES];
  const filesOf = (source: (typeof sources)[number]) =>
    "vision" in source ? [...source.vision, ...source.text] : source.files;

  it("names every file with its size and a whole hash, and every adapter by an id that there is", () => {
    for (const source of sources) {
      for (const { path, bytes, digest } of filesOf(source)) {
        expect(bytes, path).toBeGreaterThan(0);
        expect(digest?.hex, path).toMatch(
          digest?.algorithm === "sha256" ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/,
        );
      }
    }
    const ids = ADAPTER_SOURCES.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(MODEL_SOURCES.flatMap(({ adapters }) => adapters)));
  });

  it("asks for a picture's part alone before the first picture, and for no more than 180 MB", () => {
    const [clip] = MODEL_SOURCES;
    const vision = clip?.vision ?? [];
    expect(vision.map(({ path }) => path).filter((path) => /text|token/.test(path))).toEqual([]);
    expect(vision.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(180e6);
    const [file] = vision.filter(({ path }) => path.startsWith("onnx/"));
    if (clip === undefined || file === undefined) throw new Error("no weights");
    expect(fileUrl(clip.place, file, "http://localhost:8000/")).toBe(
      `http://localhost:8000/Xenova/clip-vit-base-patch32/resolve/${clip.place.revision}/onnx/vision_model_fp16.onnx`,
    );
  });
});
