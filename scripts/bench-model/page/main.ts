import { wrap } from "comlink";
import { createEncoderClient } from "../../../src/client/encoder-client.ts";
import { registerErrorTransfer } from "../../../src/client/spawn-worker.ts";
import type { Theirs } from "./theirs.worker.ts";
import type { Tower } from "./tower.worker.ts";

/** What the measuring script calls in a page of its own for every contestant. */
export interface BenchPage {
  loadTheirs(dtype: "fp32" | "fp16" | "q8", threads: number | null): Promise<Loaded>;
  loadOurs(packUrl: string): Promise<Loaded>;
  /** @param side cut a square of so many pixels out of the picture first, which nobody resizes; 0 for the picture */
  encode(pictureUrl: string, side: number): Promise<Encoded>;
  /** 25 maps of the picture encoded last, in milliseconds. */
  explain(): Promise<number>;
  /** One phrase through the text tower, which the first call loads, in milliseconds. */
  embedText(text: string): Promise<number>;
  /** Our tower by itself; see `Tower.measure`. */
  measureTower(packUrl: string, threads: number, rounds: number): ReturnType<Tower["measure"]>;
}

interface Loaded {
  readonly milliseconds: number;
  readonly threads: number;
}

interface Encoded {
  readonly milliseconds: number;
  /** The vector of the whole picture. */
  readonly vector: readonly number[];
  /** Inside our worker, by step. */
  readonly timings: Readonly<Record<string, number>>;
}

const MAPS = 25;
const signal = new AbortController().signal;
const quietly = (): void => {};
let encodeBlob: ((picture: Blob) => Promise<Omit<Encoded, "milliseconds">>) | null = null;
let client: ReturnType<typeof createEncoderClient> | null = null;
let latest: { readonly id: string; readonly dim: number } | null = null;

registerErrorTransfer();

const page: BenchPage = {
  async loadTheirs(dtype, threads) {
    const start = performance.now();
    const worker = new Worker(new URL("./theirs.worker.ts", import.meta.url), { type: "module" });
    const theirs = wrap<Theirs>(worker);
    await theirs.load(dtype, threads);
    encodeBlob = async (picture) => ({
      vector: Array.from(await theirs.encode(picture)),
      timings: {},
    });
    return loaded(start);
  },
  async loadOurs(url) {
    const start = performance.now();
    const encoder = createEncoderClient();
    client = encoder;
    const request = {
      pack: { kind: "url", url: new URL(url, location.href).href },
      providers: ["wasm"],
      allowSoftwareAdapter: false,
      safeMode: false,
    } as const;
    const { dim } = await encoder.open(signal, request, quietly);
    encodeBlob = async (picture) => {
      const options = { framing: { kind: "centre" }, fineness: 1 } as const;
      const encoded = await encoder.encodePicture(signal, picture, options, quietly);
      latest = { id: encoded.pictureId, dim };
      return { vector: Array.from(encoded.whole.base), timings: encoded.timings };
    };
    return loaded(start);
  },
  async encode(pictureUrl, side) {
    const whole = await (await fetch(pictureUrl)).blob();
    const picture = side > 0 ? await cutSquare(whole, side) : whole;
    const start = performance.now();
    if (encodeBlob === null) throw new Error("nothing is loaded");
    const encoded = await encodeBlob(picture);
    return { milliseconds: performance.now() - start, ...encoded };
  },
  async explain() {
    if (client === null || latest === null) throw new Error("no picture");
    const texts = Float32Array.from({ length: MAPS * latest.dim }, (_, i) => Math.sin(i * i));
    for (let start = 0; start < texts.length; start += latest.dim) {
      const row = texts.subarray(start, start + latest.dim);
      const length = Math.hypot(...row);
      for (let i = 0; i < row.length; i++) row[i] = (row[i] ?? 0) / length;
    }
    const request = { regionId: null, variant: "base", method: "grad-eclip", texts } as const;
    const start = performance.now();
    await client.explain(signal, { pictureId: latest.id, ...request });
    return performance.now() - start;
  },
  async embedText(text) {
    if (client === null) throw new Error("nothing is loaded");
    const start = performance.now();
    await client.embedTexts(signal, [text], quietly);
    return performance.now() - start;
  },
  measureTower(packUrl, threads, rounds) {
    const worker = new Worker(new URL("./tower.worker.ts", import.meta.url), { type: "module" });
    return wrap<Tower>(worker)
      .measure(new URL(packUrl, location.href).href, threads, rounds)
      .finally(() => worker.terminate());
  },
};

async function cutSquare(picture: Blob, side: number): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const canvas = new OffscreenCanvas(side, side);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}

function loaded(start: number): Loaded {
  const threads = self.crossOriginIsolated ? navigator.hardwareConcurrency : 1;
  return { milliseconds: performance.now() - start, threads };
}

Object.assign(globalThis, { bench: page });
