import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isAppError } from "../../src/core/errors.ts";
import { MANIFEST_FILE, PACK_FILES } from "../../src/core/model/pack-manifest.ts";
import type { Progress } from "../../src/core/progress.ts";
import type { OpenModelRequest, Provider } from "../../src/core/protocol.ts";
import { CENTRE_VIEW } from "../../src/core/view/view.ts";
import { createEncoder, type Encoder } from "../../workers/encoder/create-encoder.ts";
import { findAdapter } from "../../workers/encoder/device.ts";
import { chooseBuild } from "../../workers/encoder/onnx-runtime.ts";
import { buildRandomPack } from "./random-pack.ts";

const live = new AbortController().signal;
const ignore = () => {};
const packUrl = `${location.origin}/random-pack/`;
let pack: Map<string, Uint8Array<ArrayBuffer>>;
let isOffline = false;

/** Answers requests for the pack from memory and lets all others pass. */
function servePack(): void {
  const network = window.fetch.bind(window);
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    if (!input.startsWith(packUrl)) return network(input, init);
    if (isOffline) return Promise.reject(new TypeError("Failed to fetch"));
    const body = pack.get(input.slice(packUrl.length));
    return Promise.resolve(
      body === undefined ? new Response(null, { status: 404 }) : new Response(body),
    );
  });
}

beforeAll(async () => {
  pack = new Map(await buildRandomPack());
  servePack();
});

afterAll(() => vi.unstubAllGlobals());

function request(...providers: Provider[]): OpenModelRequest {
  return {
    pack: { kind: "url", url: packUrl },
    providers,
    allowSoftwareAdapter: true,
    safeMode: false,
  };
}

/** A picture of coloured bars, as a PNG. */
async function drawPicture(width: number, height: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  for (let x = 0; x < width; x += 4) {
    context.fillStyle = `hsl(${(x * 7) % 360} 80% ${30 + ((x * 3) % 50)}%)`;
    context.fillRect(x, (x * 5) % 20, 4, height);
  }
  return canvas.convertToBlob();
}

/** The greatest difference, relative to the greatest magnitude. */
function relativeError(expected: Float32Array, actual: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] ?? Number.NaN)) / scale),
    0,
  );
}

async function everythingOf(encoder: Encoder) {
  const encoded = await encoder.encodePicture(await drawPicture(90, 60), CENTRE_VIEW, ignore, live);
  const texts = await encoder.embedTexts(["a red boat left", "a blue house"], ignore, live);
  const { pictureId, whole, patches } = encoded;
  const maps = (["grad-eclip", "gradient", "value-path"] as const).map((method) =>
    encoder.explain({
      pictureId,
      regionId: null,
      variant: "adapted",
      method,
      texts: texts.adapted,
    }),
  );
  return [
    whole.base,
    whole.adapted,
    patches.base,
    patches.adapted,
    texts.base,
    texts.adapted,
  ].concat(maps);
}

describe("the WebGPU provider", () => {
  it.each([
    // Float32 sums in another order: 2.5e-6 was measured for a tower of this kind.
    ["f32", 2e-5],
    // The processor's kernel for 8-bit weights rounds activations too: 1.6e-3 was measured.
    ["q8", 1e-2],
  ] as const)(
    "gives the same numbers as WASM in %s: vectors of pictures, patches and texts, and maps",
    async (storage, tolerance) => {
      const usual = pack;
      if (storage !== "f32") pack = new Map(await buildRandomPack(storage));
      expect(await findAdapter(true)).not.toBeNull();
      const onGpu = createEncoder();
      const gpuInfo = await onGpu.open(request("webgpu"), ignore, live);
      expect(gpuInfo.provider).toBe("webgpu");
      expect(["jspi", "asyncify"]).toContain(gpuInfo.runtime);
      const onCpu = createEncoder();
      expect((await onCpu.open(request("wasm"), ignore, live)).provider).toBe("wasm");
      const expected = await everythingOf(onCpu);
      const actual = await everythingOf(onGpu);
      for (const [index, vector] of expected.entries()) {
        expect(vector.length).toBeGreaterThan(0);
        const error = relativeError(vector, actual[index] ?? new Float32Array());
        expect(error).toBeLessThan(tolerance);
      }
      pack = usual;
    },
  );

  it("is not used on a software adapter unless that was asked for", async () => {
    expect(await findAdapter(false)).toBeNull();
    const encoder = createEncoder();
    const product = { ...request("webgpu", "wasm"), allowSoftwareAdapter: false };
    expect((await encoder.open(product, ignore, live)).provider).toBe("wasm");
  });

  it("is passed over where the browser has none, with one clear error if nothing else may be used", async () => {
    const gpu = vi.spyOn(navigator.gpu, "requestAdapter").mockResolvedValue(null);
    const info = await createEncoder().open(request("webgpu", "wasm"), ignore, live);
    expect(info).toMatchObject({ provider: "wasm", runtime: "plain" });
    const error = await createEncoder()
      .open(request("webgpu"), ignore, live)
      .catch((e: unknown) => e);
    expect(isAppError(error, "session-failed")).toBe(true);
    gpu.mockRestore();
  });

  // The last one on WebGPU: the runtime of this page keeps its one device.
  it("reports a lost device, which the page answers with a new worker", async () => {
    const encoder = createEncoder();
    await encoder.open(request("webgpu"), ignore, live);
    const runtime =
      chooseBuild("webgpu") === "jspi"
        ? await import("onnxruntime-web/jspi")
        : await import("onnxruntime-web/webgpu");
    const device = await runtime.env.webgpu.device;
    device.destroy();
    const picture = await drawPicture(64, 64);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const error = await encoder
        .encodePicture(picture, CENTRE_VIEW, ignore, live)
        .catch((e: unknown) => e);
      expect(isAppError(error, "device-lost")).toBe(true);
    }
  });
});

describe("opening a pack", () => {
  it("reports bytes that never run backwards and end at the total, and the steps after them", async () => {
    indexedDB.deleteDatabase("artefact-models");
    const seen: Progress[] = [];
    await createEncoder().open(request("wasm"), (progress) => seen.push(progress), live);
    for (const item of ["model", "runtime"]) {
      const bytes = seen.flatMap((p) => (p.phase === "download" && p.item === item ? [p] : []));
      expect(bytes.at(-1)?.loaded).toBe(bytes.at(-1)?.total);
      expect(new Set(bytes.map(({ total }) => total)).size).toBe(1);
      const loaded = bytes.map((p) => p.loaded);
      expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
    }
    const steps = seen.flatMap((p) => (p.phase === "step" ? [p.step] : []));
    expect(steps).toEqual(["prepare-model", "self-test"]);
  });

  it("answers a second call from memory", async () => {
    const encoder = createEncoder();
    const first = await encoder.open(request("wasm"), ignore, live);
    const seen: Progress[] = [];
    expect(await encoder.open(request("wasm"), (p) => seen.push(p), live)).toBe(first);
    expect(seen).toEqual([]);
  });

  it("works from IndexedDB when the network is gone", async () => {
    await createEncoder().open(request("wasm"), ignore, live);
    isOffline = true;
    const info = await createEncoder().open(request("wasm"), ignore, live);
    isOffline = false;
    expect(info.name).toBe("Random");
  });

  it("works without IndexedDB", async () => {
    const open = vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    const info = await createEncoder().open(request("wasm"), ignore, live);
    expect(open).toHaveBeenCalled();
    expect(info.name).toBe("Random");
    open.mockRestore();
  });

  it("works where storage is full", async () => {
    indexedDB.deleteDatabase("artefact-models");
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    const info = await createEncoder().open(request("wasm"), ignore, live);
    expect(put).toHaveBeenCalled();
    expect(info.name).toBe("Random");
    put.mockRestore();
  });

  it("ends with network where there is neither a network nor anything kept", async () => {
    indexedDB.deleteDatabase("artefact-models");
    isOffline = true;
    const error = await createEncoder()
      .open(request("wasm"), ignore, live)
      .catch((e: unknown) => e);
    isOffline = false;
    expect(isAppError(error, "network")).toBe(true);
  });

  it.each([
    [
      "hash-mismatch",
      (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, i) => (i === 99 ? byte ^ 1 : byte)),
    ],
    ["short-read", (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, -1)],
    ["short-read", (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array([...bytes, 0])],
  ] as const)(
    "ends with %s for a damaged file, and opens once it is whole again",
    async (code, damage) => {
      indexedDB.deleteDatabase("artefact-models");
      const whole = pack.get(PACK_FILES.headData) ?? new Uint8Array();
      pack.set(PACK_FILES.headData, damage(whole));
      const encoder = createEncoder();
      const error = await encoder.open(request("wasm"), ignore, live).catch((e: unknown) => e);
      expect(isAppError(error, code)).toBe(true);
      pack.set(PACK_FILES.headData, whole);
      expect((await encoder.open(request("wasm"), ignore, live)).provider).toBe("wasm");
    },
  );

  it("ends with http-status where a file is missing", async () => {
    const manifest = pack.get(MANIFEST_FILE) ?? new Uint8Array();
    pack.delete(MANIFEST_FILE);
    const error = await createEncoder()
      .open(request("wasm"), ignore, live)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ detail: { code: "http-status", status: 404 } });
    pack.set(MANIFEST_FILE, manifest);
  });

  it("can be cancelled, and opens at the next call", async () => {
    const encoder = createEncoder();
    const controller = new AbortController();
    const opening = encoder.open(request("wasm"), () => controller.abort(), controller.signal);
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    expect((await encoder.open(request("wasm"), ignore, live)).provider).toBe("wasm");
  });
});
