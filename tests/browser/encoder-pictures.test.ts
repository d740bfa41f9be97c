import { describe, expect, it } from "vitest";
import { type AppErrorCode, isAppError } from "../../src/core/errors.ts";
import { centreFrame } from "../../src/core/view/frame.ts";
import { createPictureReader } from "../../workers/encoder/decode-picture.ts";
import { formulaPicture } from "../core/image/formula-picture.ts";
import crops from "../fixtures/pictures/crops.json" with { type: "json" };
import goldens from "../reference/goldens/pillow-crops.json" with { type: "json" };

const SIZE = 32;
const live = new AbortController().signal;
const urls = import.meta.glob<string>("../fixtures/pictures/*", {
  query: "?url",
  import: "default",
  eager: true,
});
const RED = [200, 30, 40];
const GREEN = [30, 160, 60];
const BLUE = [40, 60, 200];
/** How far a lossy file may be from the colour that was stored in it, in levels. */
const LOSSY = 12;

/** What the model is shown of a picture at its centre, without borders. */
function decodePicture(picture: Blob, size: number, signal: AbortSignal) {
  return createPictureReader(picture).read(({ width, height, readFrame }) => {
    const crop = readFrame(centreFrame(width, height, size), [0, 0, 0], signal);
    return { width, height, crop };
  }, signal);
}

async function fixture(name: string): Promise<Blob> {
  const url = urls[`../fixtures/pictures/${name}`];
  if (url === undefined) throw new Error(`no fixture ${name}`);
  return (await fetch(url)).blob();
}

/** The colour at a place of the crop, as fractions of its side. */
function colourAt(crop: Uint8Array, x: number, y: number): number[] {
  const pixel = (Math.floor(y * SIZE) * SIZE + Math.floor(x * SIZE)) * 3;
  return [...crop.subarray(pixel, pixel + 3)];
}

function expectColour(actual: number[], expected: number[], tolerance: number): void {
  for (const [channel, level] of expected.entries()) {
    expect(Math.abs((actual[channel] ?? -999) - level)).toBeLessThanOrEqual(tolerance);
  }
}

async function expectError(picture: Blob, code: AppErrorCode): Promise<void> {
  const error = await decodePicture(picture, SIZE, live).catch((e: unknown) => e);
  expect(isAppError(error, code) ? code : error).toBe(code);
}

/** A PNG's signature and header, which is all that is read before decoding. */
function pngHeader(width: number, height: number): Blob {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return new Blob([bytes]);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

describe("a picture that decodes without loss gives Pillow's pixels", () => {
  it.each(goldens.crops.filter(({ width }) => width <= 1000))(
    "$width × $height",
    async ({ width, height, crop }) => {
      const rgb = formulaPicture(width, height);
      const image = new ImageData(width, height);
      for (let pixel = 0; pixel < width * height; pixel += 1) {
        image.data.set([...rgb.subarray(pixel * 3, pixel * 3 + 3), 255], pixel * 4);
      }
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.putImageData(image, 0, 0);
      const decoded = await decodePicture(await canvas.convertToBlob(), goldens.size, live);
      expect(decoded).toMatchObject({ width, height });
      expect(await sha256(decoded.crop)).toBe(crop);
    },
  );

  it("also where the file was written by another program", async () => {
    const { crop } = await decodePicture(await fixture("slope.png"), SIZE, live);
    expect(await sha256(crop)).toBe(crops["slope.png"].sha256);
  });

  it("and a JPEG differs by no more than its decoders round", async () => {
    const { crop } = await decodePicture(await fixture("slope.jpg"), SIZE, live);
    const expected = crops["slope.jpg"].rgb;
    expect(crop).toHaveLength(expected.length);
    const worst = crop.reduce((most, v, i) => Math.max(most, Math.abs(v - (expected[i] ?? 0))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });
});

describe("formats", () => {
  it.each([
    ["plain.bmp", 0],
    ["lossless.webp", 0],
    ["lossy.webp", LOSSY],
    ["still.gif", 2],
    ["palette.png", 2],
    ["progressive.jpg", LOSSY],
  ])("reads %s", async (name, tolerance) => {
    const { width, height, crop } = await decodePicture(await fixture(name), SIZE, live);
    expect([width, height]).toEqual([64, 64]);
    expectColour(colourAt(crop, 0.25, 0.25), RED, tolerance);
    expectColour(colourAt(crop, 0.75, 0.25), GREEN, tolerance);
    expectColour(colourAt(crop, 0.5, 0.75), BLUE, tolerance);
  });

  it("reads AVIF, 80 × 48", async () => {
    const { width, height, crop } = await decodePicture(await fixture("plain.avif"), SIZE, live);
    expect([width, height]).toEqual([80, 48]);
    expectColour(colourAt(crop, 0.5, 0.75), BLUE, LOSSY);
  });

  it("reads a CMYK JPEG as the colours that it prints", async () => {
    const { crop } = await decodePicture(await fixture("cmyk.jpg"), SIZE, live);
    expectColour(colourAt(crop, 0.25, 0.25), RED, LOSSY);
    expectColour(colourAt(crop, 0.5, 0.75), BLUE, LOSSY);
  });

  it("reads a grey JPEG as three equal channels", async () => {
    const { crop } = await decodePicture(await fixture("grey.jpg"), SIZE, live);
    const [red, green, blue] = colourAt(crop, 0.25, 0.25);
    expect(new Set([red, green, blue]).size).toBe(1);
  });

  it.each(["animated.gif", "animated.webp"])("takes the first frame of %s", async (name) => {
    const { crop } = await decodePicture(await fixture(name), SIZE, live);
    expectColour(colourAt(crop, 0.5, 0.5), RED, 2);
  });

  it("lays the transparent parts of a PNG on white", async () => {
    const { crop } = await decodePicture(await fixture("alpha.png"), SIZE, live);
    expectColour(colourAt(crop, 0.25, 0.5), RED, 0);
    expectColour(colourAt(crop, 0.75, 0.25), [255, 255, 255], 0);
    // Black at 128 of 255: half of white shines through.
    expectColour(colourAt(crop, 0.75, 0.75), [127, 127, 127], 1);
  });

  it.each([
    ["exif-1.jpg", 96, 64, RED, GREEN],
    ["exif-3.jpg", 96, 64, BLUE, BLUE],
    ["exif-6.jpg", 64, 96, BLUE, RED],
    ["exif-8.jpg", 64, 96, GREEN, BLUE],
  ])("turns %s as its EXIF orientation says", async (name, width, height, left, right) => {
    const decoded = await decodePicture(await fixture(name), SIZE, live);
    expect([decoded.width, decoded.height]).toEqual([width, height]);
    expectColour(colourAt(decoded.crop, 0.2, 0.2), left, LOSSY);
    expectColour(colourAt(decoded.crop, 0.8, 0.2), right, LOSSY);
  });
});

describe("bad pictures end with one clear error each", () => {
  it("something that is not a picture", () =>
    expectError(new Blob(["Once upon a time"], { type: "image/png" }), "picture-unreadable"));

  it("0 bytes", () => expectError(new Blob([]), "picture-empty"));

  it.each(["slope.png", "slope.jpg", "still.gif", "lossless.webp", "plain.bmp"])(
    "%s, truncated",
    async (name) => {
      const whole = await fixture(name);
      await expectError(whole.slice(0, Math.floor(whole.size * 0.6)), "picture-unreadable");
    },
  );

  it.each(["slope.png", "slope.jpg", "still.gif", "lossless.webp"])(
    "%s, truncated in its header",
    async (name) => expectError((await fixture(name)).slice(0, 14), "picture-unreadable"),
  );

  it("30,000 × 2 pixels", () => expectError(pngHeader(30_000, 2), "picture-too-thin"));

  it("200 megapixels, refused before it is decoded", () =>
    expectError(pngHeader(20_000, 10_000), "picture-too-large"));

  it("SVG, which is not a picture of pixels", () =>
    expectError(
      new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'], {
        type: "image/svg+xml",
      }),
      "picture-format",
    ));

  it("TIFF, which this browser does not read", async () =>
    expectError(await fixture("plain.tif"), "picture-format"));

  it("HEIC, which this browser does not read", () => {
    const bytes = new TextEncoder().encode("\0\0\0\u0018ftypheic\0\0\0\0mif1heic");
    return expectError(new Blob([bytes]), "picture-format");
  });

  it("a picture that is taken away while it is decoded: cancelling stops it", async () => {
    const controller = new AbortController();
    const decoding = decodePicture(await fixture("slope.png"), SIZE, controller.signal);
    controller.abort();
    await expect(decoding).rejects.toMatchObject({ name: "AbortError" });
  });
});

it("passes a picture of 50 megapixels in seconds, without a copy of its size", async () => {
  const canvas = new OffscreenCanvas(10_000, 5_000);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("no canvas");
  context.fillStyle = "rgb(200 30 40)";
  context.fillRect(0, 0, 10_000, 5_000);
  const picture = await canvas.convertToBlob({ type: "image/jpeg" });
  const start = performance.now();
  const { width, crop } = await decodePicture(picture, 224, live);
  expect(performance.now() - start).toBeLessThan(30_000);
  expect(width).toBe(10_000);
  expectColour([...crop.subarray(0, 3)], RED, 3);
});
