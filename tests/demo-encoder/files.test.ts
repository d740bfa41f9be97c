import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeJpeg } from "../../scripts/demo-encoder/jpeg.ts";
import { SAMPLES } from "../../scripts/demo-encoder/samples.ts";

const LARGEST_MODEL = 6_000_000;
const LARGEST_SAMPLE = 200_000;

/** Width and height from the frame header of a baseline JPEG. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (view.getUint16(at) !== 0xffc0) at += 2 + view.getUint16(at + 2);
  return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
}

describe("the committed files", () => {
  it("keeps the demo encoder within six million bytes", () => {
    const files = readdirSync("data/demo-encoder", { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    );
    const total = files.reduce(
      (sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size,
      0,
    );
    expect(total).toBeGreaterThan(1_000_000);
    expect(total).toBeLessThanOrEqual(LARGEST_MODEL);
  });

  it("lists every sample picture with its true size and a text alternative", () => {
    const list: unknown = JSON.parse(readFileSync("public/samples/samples.json", "utf8"));
    const expected = SAMPLES.map(({ id, title, alt, width, height }) => ({
      id,
      file: `${id}.jpg`,
      title,
      alt,
      width,
      height,
    }));
    expect(list).toEqual(expected);
    expect(SAMPLES.length).toBeGreaterThanOrEqual(12);
    for (const { file, width, height } of expected) {
      const bytes = readFileSync(join("public/samples", file));
      expect(bytes.length).toBeLessThanOrEqual(LARGEST_SAMPLE);
      expect(jpegSize(bytes)).toEqual({ width, height });
    }
  });
});

describe("encodeJpeg", () => {
  it("writes a whole baseline file whose size grows with quality and detail", () => {
    const flat = new Uint8Array(33 * 17 * 3).fill(120);
    const busy = Uint8Array.from(flat, (_, at) => (at * 7919) % 256);
    const file = encodeJpeg(flat, 33, 17, 80);
    expect([...file.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect([...file.subarray(-2)]).toEqual([0xff, 0xd9]);
    expect(jpegSize(file)).toEqual({ width: 33, height: 17 });
    const detailed = encodeJpeg(busy, 33, 17, 80);
    expect(detailed.length).toBeGreaterThan(file.length);
    expect(encodeJpeg(busy, 33, 17, 30).length).toBeLessThan(detailed.length);
  });
});
