import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import {
  checkPictureSize,
  type PictureFormat,
  sniffPicture,
} from "../../../src/core/image/sniff.ts";

function fixture(name: string): Uint8Array<ArrayBuffer> {
  const path = new URL(`../../fixtures/pictures/${name}`, import.meta.url);
  return new Uint8Array(readFileSync(path));
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

/** Big-endian bytes of boxes, segments and headers. */
function bytes(...parts: readonly (string | number | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : [...part];
    }),
  );
}

function u32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

function box(type: string, ...parts: readonly (string | number | Uint8Array)[]): Uint8Array {
  const body = bytes(...parts);
  return bytes(u32(8 + body.length), type, body);
}

describe("sniffPicture", () => {
  it.each<[string, PictureFormat, number, number, boolean]>([
    ["slope.jpg", "JPEG", 157, 120, false],
    ["progressive.jpg", "JPEG", 64, 64, false],
    ["cmyk.jpg", "JPEG", 64, 64, false],
    ["exif-1.jpg", "JPEG", 96, 64, false],
    ["exif-3.jpg", "JPEG", 96, 64, false],
    ["exif-6.jpg", "JPEG", 64, 96, false],
    ["exif-8.jpg", "JPEG", 64, 96, false],
    ["slope.png", "PNG", 157, 120, false],
    ["still.gif", "GIF", 64, 64, false],
    ["animated.gif", "GIF", 64, 64, true],
    ["lossy.webp", "WebP", 64, 64, false],
    ["lossless.webp", "WebP", 64, 64, false],
    ["animated.webp", "WebP", 64, 64, true],
    ["plain.bmp", "BMP", 64, 64, false],
    ["plain.avif", "AVIF", 80, 48, false],
    ["plain.tif", "TIFF", 64, 64, false],
  ])("reads format, size and frames of %s", (name, format, width, height, isAnimated) => {
    expect(sniffPicture(fixture(name))).toEqual({ format, size: { width, height }, isAnimated });
  });

  it("takes the largest size of a HEIC file for the picture's, not a thumbnail's", () => {
    const extents = (width: number, height: number) => box("ispe", u32(0), u32(width), u32(height));
    const file = bytes(
      box("ftyp", "heic", u32(0), "mif1"),
      box(
        "meta",
        u32(0),
        box("hdlr", "any"),
        box("iprp", box("ipco", extents(512, 512), extents(4032, 3024), extents(320, 240))),
      ),
    );
    expect(sniffPicture(file)).toEqual({
      format: "HEIC",
      size: { width: 4032, height: 3024 },
      isAnimated: false,
    });
  });

  it("reads the headers of the rarer kinds of BMP, PNG and WebP", () => {
    const old = bytes("BM", new Uint8Array(12), 12, 0, 0, 0, 44, 1, 200, 0);
    expect(sniffPicture(old)?.size).toEqual({ width: 300, height: 200 });
    const topDown = bytes("BM", new Uint8Array(12), 40, 0, 0, 0, 44, 1, 0, 0, 56, 255, 255, 255);
    expect(sniffPicture(topDown)?.size).toEqual({ width: 300, height: 200 });
    const extended = bytes("RIFF", u32(0), "WEBPVP8X", u32(0), u32(0), 43, 1, 0, 199, 0, 0);
    expect(sniffPicture(extended)?.size).toEqual({ width: 300, height: 200 });
    const moving = bytes(fixture("slope.png").subarray(0, 33), box("acTL", u32(2), u32(0)));
    expect(sniffPicture(moving)?.isAnimated).toBe(true);
  });

  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '\ufeff<?xml version="1.0"?>\n<!-- drawn -->\n<!DOCTYPE svg>\n<svg width="1">',
  ])("recognises SVG: %s", (content) => {
    expect(sniffPicture(text(content))).toEqual({ format: "SVG", size: null, isAnimated: false });
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["prose", text("Once upon a time there was a picture.")],
    ["a web page", text("<!doctype html><title>svg</title>")],
    ["a film", bytes(box("ftyp", "isom", u32(0)))],
    ["zeros", new Uint8Array(1000)],
  ])("takes %s for no picture", (_, content) => {
    expect(sniffPicture(content)).toBeNull();
  });

  it("knows the format but not the size of a file cut short in its header, at every length", () => {
    for (const name of ["exif-6.jpg", "slope.png", "plain.avif", "plain.tif", "lossless.webp"]) {
      const whole = fixture(name);
      const size = sniffPicture(whole)?.size;
      for (let length = 16; length < Math.min(whole.length, 700); length += 1) {
        const header = sniffPicture(whole.slice(0, length));
        expect([null, size]).toContainEqual(header?.size);
      }
    }
  });

  it("does not trip over a JPEG whose segments make no sense", () => {
    expect(sniffPicture(bytes(0xff, 0xd8, 0xff, 0xe1, 0, 0))?.size).toBeNull();
    expect(sniffPicture(bytes(0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 7, 7))?.size).toBeNull();
    expect(sniffPicture(bytes(0xff, 0xd8, 0xff, 0xda, 0, 4, 0, 0))?.size).toBeNull();
    const filled = bytes(0xff, 0xd8, 0xff, 0xff, 0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1);
    expect(sniffPicture(filled)?.size).toEqual({ width: 30, height: 20 });
  });

  it("takes sizes of zero for unknown", () => {
    const header = fixture("slope.png").slice(0, 32);
    header.fill(0, 16, 24);
    expect(sniffPicture(header)?.size).toBeNull();
  });

  it("reads bytes that lie inside of a larger buffer", () => {
    const inside = new Uint8Array(4000).fill(0xff);
    inside.set(fixture("exif-6.jpg"), 100);
    expect(sniffPicture(inside.subarray(100))?.size).toEqual({ width: 64, height: 96 });
  });
});

describe("checkPictureSize", () => {
  it.each([
    [30_000, 2, "picture-too-thin"],
    [2, 30_000, "picture-too-thin"],
    [15, 15, "picture-too-thin"],
    [6500, 100, "picture-too-thin"],
    [20_000, 10_000, "picture-too-large"],
    [8945, 8945, "picture-too-large"],
  ] as const)("refuses %i × %i as %s", (width, height, code) => {
    expect(() => checkPictureSize({ width, height })).toThrow(
      expect.toSatisfy((e: unknown) => isAppError(e, code)),
    );
  });

  it.each([
    [16, 16],
    [6400, 100],
    [10_000, 8000],
    [8000, 10_000],
  ])("accepts %i × %i", (width, height) => {
    expect(checkPictureSize({ width, height })).toBeUndefined();
  });
});
