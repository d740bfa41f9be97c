import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodePackTools } from "../../../scripts/build-model/write-pack.ts";
import { parsePackManifest } from "../../../src/core/model/pack-manifest.ts";
import type { Progress } from "../../../src/core/progress.ts";
import type { MakeRequest } from "../../../src/core/protocol.ts";
import {
  type Converter,
  createConverter,
  type Turn,
} from "../../../workers/converter/create-converter.ts";
import { openPieceStore, type PieceStore } from "../../../workers/converter/piece-store.ts";
import { createRetry } from "../../../workers/retry.ts";
import { demoFile, type SmallHub, startSmallHub } from "../../helpers/small-hub.ts";

const live = new AbortController().signal;
const ignore = (): void => {};
const turn: Turn = { take: (work) => work(), takeIfFree: (work) => work() };
const retry = createRetry(
  (_ms, signal) => {
    signal.throwIfAborted();
    return Promise.resolve();
  },
  { attempts: 3, firstWaitMs: 1, longestWaitMs: 1000, jitter: 0 },
);
const small: MakeRequest = {
  weights: { kind: "hub", id: "small" },
  adapter: { kind: "hub", id: "small-adapter" },
  mirror: null,
};

let server: SmallHub;
let store: PieceStore;
beforeEach(async () => {
  server = await startSmallHub();
});
afterEach(async () => {
  await server.hub.close();
  indexedDB.deleteDatabase("artefact-made-models");
});

/** A converter as a new visit starts it. */
async function visit(): Promise<Converter> {
  store = await openPieceStore();
  const tools = {
    store,
    fetch: globalThis.fetch,
    retry,
    now: () => performance.now(),
    stallMs: 5000,
  };
  return createConverter({ tools, turn, places: server.places, packTools: () => nodePackTools });
}

/** Checks every file of a pack against its manifest. */
async function expectWhole(files: Readonly<Record<string, Blob>>) {
  const manifest = parsePackManifest(JSON.parse((await files["manifest.json"]?.text()) ?? ""));
  for (const { name, bytes, sha256 } of manifest.files) {
    const content = Buffer.from((await files[name]?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(content.length).toBe(bytes);
    expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
  }
  return manifest;
}

describe("making a pack from a hub", () => {
  it("downloads, converts and keeps the vision part, and nothing else stays", async () => {
    const converter = await visit();
    const seen: Progress[] = [];
    const made = await converter.make(small, (progress) => seen.push(progress), live);
    expect(made).toMatchObject({
      name: "Small CLIP",
      variants: { base: "Small CLIP", adapted: "Small adapter" },
      hasText: false,
      hasAdapter: true,
      storage: "kept",
    });
    const manifest = await expectWhole(await converter.files(made.packId));
    expect(manifest).toMatchObject({ packId: made.packId, storage: "q8", text: null });
    expect(made.bytes).toBe(manifest.files.reduce((sum, { bytes }) => sum + bytes, 0));
    const last = (phase: Progress["phase"]) => seen.filter((one) => one.phase === phase).at(-1);
    for (const phase of ["download", "convert"] as const) {
      const end = last(phase);
      expect(
        end !== undefined && "total" in end && "loaded" in end && end.loaded === end.total,
      ).toBe(true);
    }
    expect((await store.files()).filter((file) => file.startsWith("download:"))).toEqual([]);
  });

  it("has the pack at the next visit and asks the network for nothing", async () => {
    const made = await (await visit()).make(small, ignore, live);
    server.hub.reset();
    const next = await visit();
    expect(await next.list()).toEqual([made]);
    expect(await next.make(small, ignore, live)).toEqual(made);
    await expectWhole(await next.files(made.packId));
    expect(server.hub.requests).toEqual([]);
  });

  it("downloads only what is missing after an interrupted download, and converts anew after an interrupted conversion", async () => {
    const leaving = new AbortController();
    const first = (await visit()).make(
      small,
      (progress) => {
        if (progress.phase === "download" && progress.loaded > 3_000_000) leaving.abort();
      },
      leaving.signal,
    );
    server.hub.throttle = 20_000_000;
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    server.hub.throttle = null;
    const sent = server.hub.bytes();
    const closing = new AbortController();
    const second = (await visit()).make(
      small,
      (progress) => {
        if (progress.phase === "convert") closing.abort();
      },
      closing.signal,
    );
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    const total = server.places.models[0]?.vision.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
    const slack = 2 * 1024 * 1024;
    expect(server.hub.bytes()).toBeLessThan(
      total + demoFile("adapter_model.safetensors").length + slack,
    );
    expect(sent).toBeLessThan(total);
    server.hub.reset();
    const third = await visit();
    const made = await third.make(small, ignore, live);
    await expectWhole(await third.files(made.packId));
    // What has no published hash is small; the weights are not asked for again.
    expect(server.hub.requests.map(({ path }) => path).join()).not.toContain("vision.safetensors");
    expect(server.hub.bytes()).toBe(0);
    expect((await store.files()).filter((file) => file.startsWith("pack:"))).toHaveLength(
      Object.keys(await third.files(made.packId)).length + 4,
    );
  });

  it("makes the text part when it is asked for, with the same adapter", async () => {
    const converter = await visit();
    const made = await converter.make(small, ignore, live);
    const whole = await (await visit()).makeText(made.packId, ignore, live);
    expect(whole).toMatchObject({ packId: made.packId, hasText: true, hasAdapter: true });
    expect(whole.bytes).toBeGreaterThan(made.bytes);
    const next = await visit();
    const manifest = await expectWhole(await next.files(made.packId));
    expect(manifest.text).not.toBeNull();
    server.hub.reset();
    expect(await next.makeText(made.packId, ignore, live)).toEqual(whole);
    expect(server.hub.requests).toEqual([]);
  });

  it("takes everything from a mirror where one is named", async () => {
    const mirror = await startSmallHub();
    const converter = await visit();
    await converter.make({ ...small, mirror: mirror.hub.url }, ignore, live);
    expect(server.hub.requests).toEqual([]);
    expect(mirror.hub.requests.length).toBeGreaterThan(0);
    await mirror.hub.close();
  });

  it("removes a pack with all that belongs to it, and leaves a broken-off download until that is discarded", async () => {
    const converter = await visit();
    const made = await converter.make(small, ignore, live);
    await store.append("download:left", new Blob(["left"]));
    await converter.remove(made.packId);
    expect(await converter.list()).toEqual([]);
    expect(await store.files()).toEqual(["download:left"]);
    await converter.discard();
    expect(await store.files()).toEqual([]);
    await expect(converter.files(made.packId)).rejects.toMatchObject({
      detail: { code: "model-unknown", id: made.packId },
    });
  });

  it("names a model that the configuration does not have", async () => {
    const converter = await visit();
    const request: MakeRequest = { ...small, weights: { kind: "hub", id: "other" } };
    await expect(converter.make(request, ignore, live)).rejects.toMatchObject({
      detail: { code: "model-unknown", id: "other" },
    });
  });

  it("keeps what is right when a file is not there, so that the rest need not be fetched again", async () => {
    server.hub.faults.set("adapter_model.safetensors", { kind: "status", status: 404 });
    await expect((await visit()).make(small, ignore, live)).rejects.toMatchObject({
      detail: { code: "http-status", status: 404 },
    });
    server.hub.faults.clear();
    server.hub.reset();
    const made = await (await visit()).make(small, ignore, live);
    expect(made.hasAdapter).toBe(true);
    expect(server.hub.requests.filter(({ path }) => path.endsWith("/main/config.json"))).toEqual(
      [],
    );
  });

  it("goes on in memory where the browser stores nothing, and says so", async () => {
    const broken = indexedDB.open.bind(indexedDB);
    indexedDB.open = () => {
      throw new Error("no storage");
    };
    try {
      const converter = await visit();
      const made = await converter.make(small, ignore, live);
      expect(made.storage).toBe("unavailable");
      await expectWhole(await converter.files(made.packId));
      expect(await converter.list()).toEqual([made]);
    } finally {
      indexedDB.open = broken;
    }
  });
});

describe("making a pack from files of one's own", () => {
  const file = (name: string, content: BlobPart = demoFile(name)) => new File([content], name);
  const names = ["config.json", "preprocessor_config.json"];
  const tokenizer = ["tokenizer.json", "tokenizer_config.json"];
  const adapter = ["adapter_config.json", "adapter_model.safetensors"];

  it("makes both parts and the adapter out of a whole folder, without any request", async () => {
    const converter = await visit();
    const files = [...names, "model.safetensors", "vocabulary.json", ...tokenizer, ...adapter].map(
      (name) => file(name),
    );
    const made = await converter.make(
      { weights: { kind: "files", files }, adapter: null, mirror: null },
      ignore,
      live,
    );
    expect(made).toMatchObject({ name: "model.safetensors", hasText: true, hasAdapter: true });
    await expectWhole(await converter.files(made.packId));
    expect(server.hub.requests).toEqual([]);
  });

  it("has the same fingerprint as the same weights from a hub", async () => {
    const converter = await visit();
    const fromHub = await converter.make(small, ignore, live);
    const own = await converter.make(
      {
        weights: {
          kind: "files",
          files: [...names, "vision.safetensors"].map((name) => file(name)),
        },
        adapter: { kind: "files", files: adapter.map((name) => file(name)) },
        mirror: null,
      },
      ignore,
      live,
    );
    expect(own.fingerprint).toBe(fromHub.fingerprint);
    expect(own.hasText).toBe(false);
    expect(await converter.list()).toHaveLength(2);
    await expect(converter.makeText(own.packId, ignore, live)).rejects.toMatchObject({
      detail: { code: "own-files-incomplete" },
    });
  });

  it("says which file is missing, and what is wrong with one", async () => {
    const converter = await visit();
    const make = (files: readonly File[]) =>
      converter.make(
        { weights: { kind: "files", files }, adapter: null, mirror: null },
        ignore,
        live,
      );
    await expect(make([])).rejects.toMatchObject({ detail: { code: "own-files-incomplete" } });
    await expect(make([file("config.json")])).rejects.toMatchObject({
      detail: { code: "weights-invalid", file: "model.safetensors" },
    });
    const cut = demoFile("model.safetensors").slice(0, 1_000_000);
    const damaged = [
      file("config.json"),
      file("preprocessor_config.json"),
      file("model.safetensors", cut),
    ];
    await expect(make(damaged)).rejects.toMatchObject({
      detail: { code: "weights-invalid", file: "model.safetensors" },
    });
  });
});
