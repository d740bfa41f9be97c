import { afterEach, describe, expect, it } from "vitest";
import { createEncoderClient, type EncoderClient } from "../../src/client/encoder-client.ts";
import { isAppError } from "../../src/core/errors.ts";
import type { Progress } from "../../src/core/progress.ts";
import type { MapMethod, OpenModelRequest, Provider } from "../../src/core/protocol.ts";
import { CENTRE_VIEW } from "../../src/core/view/view.ts";

const live = new AbortController().signal;
const ignore = () => {};
const PHRASES = ["a red boat on the left", "a dark night with a moon"];
const METHODS: readonly MapMethod[] = ["grad-eclip", "gradient", "value-path"];
let client: EncoderClient | undefined;

afterEach(() => client?.dispose());

/** The pack that `npm run build` makes and the page loads first. */
function demoPack(...providers: Provider[]): OpenModelRequest {
  const url = new URL("/models/demo/", location.href).href;
  return {
    pack: { kind: "url", url },
    providers,
    allowSoftwareAdapter: true,
    safeMode: false,
  };
}

function start(): EncoderClient {
  client = createEncoderClient();
  return client;
}

/** A red boat at the left of a blue sea. */
async function drawBoat(): Promise<Blob> {
  const canvas = new OffscreenCanvas(400, 300);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.fillStyle = "#9cc4e4";
  context.fillRect(0, 0, 400, 150);
  context.fillStyle = "#1f5f8b";
  context.fillRect(0, 150, 400, 150);
  context.fillStyle = "#c0281c";
  context.fillRect(70, 150, 100, 30);
  context.fillRect(115, 70, 8, 80);
  return canvas.convertToBlob();
}

function relativeError(expected: Float32Array, actual: Float32Array): number {
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] ?? Number.NaN)) / scale),
    0,
  );
}

/** Vectors of the boat, its patches and the phrases under both variants, and all their maps. */
async function everythingOn(provider: Provider): Promise<Float32Array[]> {
  const encoder = start();
  const info = await encoder.open(live, demoPack(provider), ignore);
  expect(info.provider).toBe(provider);
  const { pictureId, whole, patches } = await encoder.encodePicture(
    live,
    await drawBoat(),
    CENTRE_VIEW,
    ignore,
  );
  const texts = await encoder.embedTexts(live, PHRASES, ignore);
  const vectors: Float32Array[] = [whole, patches, texts].flatMap(({ base, adapted }) => [
    base,
    adapted,
  ]);
  for (const method of METHODS) {
    for (const variant of ["base", "adapted"] as const) {
      const request = { pictureId, regionId: null, variant, method, texts: texts[variant] };
      vectors.push(await encoder.explain(live, request));
    }
  }
  encoder.dispose();
  return vectors;
}

describe("the encoder worker with the demo pack", () => {
  it("embeds a picture, its patches and phrases, and explains them", async () => {
    const encoder = start();
    const seen: Progress[] = [];
    const info = await encoder.open(live, demoPack("wasm"), (progress) => seen.push(progress));
    expect(info).toMatchObject({ provider: "wasm", dim: 512, grid: 7 });
    expect(seen.some(({ phase }) => phase === "download")).toBe(true);
    const encoded = await encoder.encodePicture(live, await drawBoat(), CENTRE_VIEW, ignore);
    expect(encoded).toMatchObject({ width: 400, height: 300 });
    expect(encoded.view.seen).toMatchObject({ y: 0, height: 300 });
    expect(encoded.patches.base).toHaveLength(49 * info.dim);
    expect(Math.hypot(...encoded.whole.base)).toBeCloseTo(1, 4);
    const texts = await encoder.embedTexts(live, PHRASES, ignore);
    expect(texts.base).toHaveLength(PHRASES.length * info.dim);
    const maps = await encoder.explain(live, {
      pictureId: encoded.pictureId,
      regionId: null,
      variant: "base",
      method: "grad-eclip",
      texts: texts.base,
    });
    expect(maps).toHaveLength(PHRASES.length * 49);
    expect(maps.every((value) => value >= 0)).toBe(true);
    expect(maps.some((value) => value > 0)).toBe(true);
  });

  it("gives the same numbers on WebGPU as on the processor's kernel, to the kernel's rounding", async () => {
    const expected = await everythingOn("wasm");
    const actual = await everythingOn("webgpu");
    expect(actual).toHaveLength(expected.length);
    for (const [index, vector] of expected.entries()) {
      // The kernel rounds rows to 16 bits; encoder-providers.test.ts compares float32 with float32.
      expect(relativeError(vector, actual[index] ?? new Float32Array())).toBeLessThan(1e-3);
    }
  });

  it("embeds and explains a part of a picture, a finer view and tiles, and tells parts apart", async () => {
    const encoder = start();
    await encoder.open(live, demoPack("wasm"), ignore);
    const tiles = { framing: { kind: "tiles" }, fineness: 1 } as const;
    const seen = await encoder.encodePicture(live, await drawBoat(), tiles, ignore);
    expect(seen.view).toMatchObject({ rows: 7, columns: 9 });
    expect(seen.view.seen).toEqual({ x: 0, y: 0, width: 400, height: 300 });
    expect(seen.patches.base).toHaveLength(63 * 512);
    const texts = await encoder.embedTexts(live, PHRASES, ignore);
    const { pictureId } = seen;
    const request = {
      pictureId,
      variant: "base",
      method: "grad-eclip",
      texts: texts.base,
    } as const;
    const whole = await encoder.explain(live, { ...request, regionId: null });
    expect(whole).toHaveLength(PHRASES.length * 63);
    const part = (x: number) =>
      encoder.encodeRegion(live, { pictureId, rect: { x, y: 60, width: 90, height: 120 } });
    const [left, right] = [await part(20), await part(280)];
    expect(left.view).toMatchObject({ rows: 7, columns: 7, seen: { width: 120, height: 120 } });
    const maps = await encoder.explain(live, { ...request, regionId: left.regionId });
    expect(maps).toHaveLength(PHRASES.length * 49);
    expect(await encoder.explain(live, { ...request, regionId: right.regionId })).not.toEqual(maps);
    const cosine = left.whole.base.reduce((sum, v, i) => sum + v * (right.whole.base[i] ?? 0), 0);
    expect(cosine).toBeLessThan(0.999);
    const outside = await encoder
      .encodeRegion(live, { pictureId, rect: { x: 500, y: 0, width: 9, height: 9 } })
      .catch((e: unknown) => e);
    expect(isAppError(outside, "invalid-argument")).toBe(true);
    const finer = { framing: { kind: "centre" }, fineness: 2 } as const;
    const again = await encoder.encodePicture(live, await drawBoat(), finer, ignore);
    expect(again.patches.adapted).toHaveLength(196 * 512);
    const former = await encoder
      .encodeRegion(live, { pictureId, rect: { x: 0, y: 0, width: 90, height: 90 } })
      .catch((e: unknown) => e);
    expect(isAppError(former, "picture-unknown")).toBe(true);
  });

  it("gives up between the squares of a picture when it is cancelled", async () => {
    const encoder = start();
    await encoder.open(live, demoPack("wasm"), ignore);
    const tiles = { framing: { kind: "tiles" }, fineness: 2 } as const;
    const wide = new OffscreenCanvas(800, 100);
    wide.getContext("2d")?.fillRect(0, 0, 400, 100);
    const picture = await wide.convertToBlob();
    const whole = await encoder.encodePicture(live, picture, tiles, ignore);
    const eight = whole.timings["embed-picture"] ?? 0;
    const held: number[] = [];
    // The least of three: a moment in which the machine does something else is not what held the pass up.
    for (let turn = 0; turn < 3; turn++) {
      const controller = new AbortController();
      const encoding = encoder.encodePicture(controller.signal, picture, tiles, (progress) => {
        if (progress.phase === "step" && progress.step === "embed-picture") controller.abort();
      });
      await expect(encoding).rejects.toMatchObject({ name: "AbortError" });
      const begun = performance.now();
      await encoder.encodePicture(live, picture, { ...tiles, framing: { kind: "centre" } }, ignore);
      held.push(performance.now() - begun);
    }
    // What was cancelled held the next pass up by one square and not by eight.
    expect(Math.min(...held)).toBeLessThan(eight);
  });

  it("passes typed errors on, and works with the next picture", async () => {
    const encoder = start();
    await encoder.open(live, demoPack("wasm"), ignore);
    const error = await encoder
      .encodePicture(live, new Blob(["no picture"]), CENTRE_VIEW, ignore)
      .catch((e: unknown) => e);
    expect(isAppError(error, "picture-unreadable")).toBe(true);
    expect((await encoder.encodePicture(live, await drawBoat(), CENTRE_VIEW, ignore)).width).toBe(
      400,
    );
  });

  it("is cancelled in the middle of its work, and works again", async () => {
    const encoder = start();
    await encoder.open(live, demoPack("wasm"), ignore);
    const controller = new AbortController();
    const encoding = encoder.encodePicture(controller.signal, await drawBoat(), CENTRE_VIEW, () =>
      controller.abort(),
    );
    await expect(encoding).rejects.toMatchObject({ name: "AbortError" });
    expect((await encoder.encodePicture(live, await drawBoat(), CENTRE_VIEW, ignore)).width).toBe(
      400,
    );
  });
});
