import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { createRowResizer } from "../../../src/core/image/pillow-resize.ts";
import { borderColour, fillFrame, frameFromPixels } from "../../../src/core/image/preprocess.ts";
import { centreFrame, fittedFrame } from "../../../src/core/view/frame.ts";
import goldens from "../../reference/goldens/pillow-crops.json" with { type: "json" };
import { formulaPicture } from "./formula-picture.ts";

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

const BORDER = [122, 116, 104];

/** The centre of a picture, as CLIP's image processor cuts it out. */
function centre(rgb: Uint8Array, width: number, height: number, size: number) {
  return frameFromPixels(rgb, width, height, centreFrame(width, height, size), BORDER);
}

describe("resizing and cropping equals Pillow to the pixel", () => {
  it.each(goldens.crops)("for $width × $height", ({ width, height, source, crop }) => {
    const picture = formulaPicture(width, height);
    expect(sha256(picture)).toBe(source);
    expect(sha256(centre(picture, width, height, goldens.size))).toBe(crop);
  });
});

describe("createRowResizer", () => {
  const width = 601;
  const height = 433;
  const { crop } = centreFrame(width, height, 224);
  const rgb = formulaPicture(width, height);
  const whole = centre(rgb, width, height, 224);

  it("gives the same from bands of RGBA rows as from a whole RGB picture", () => {
    const resizer = createRowResizer(width, height, crop);
    const { left, right, top, bottom } = resizer.window;
    for (let row = top; row < bottom; row += 50) {
      const rows = Math.min(50, bottom - row);
      const band = new Uint8ClampedArray(rows * (right - left) * 4).fill(77);
      for (let y = 0; y < rows; y += 1) {
        for (let x = left; x < right; x += 1) {
          const from = ((row + y) * width + x) * 3;
          band.set(rgb.subarray(from, from + 3), (y * (right - left) + x - left) * 4);
        }
      }
      resizer.push(band, rows, 4);
    }
    expect(resizer.finish()).toEqual(whole);
  });

  it("reads only what the crop depends on", () => {
    const { left, right, top, bottom } = createRowResizer(
      4000,
      1000,
      centreFrame(4000, 1000, 224).crop,
    ).window;
    expect(top).toBe(0);
    expect(bottom).toBe(1000);
    // A square of the height, and the kernel's support of two model pixels (9 source pixels) on either side.
    expect(left).toBeGreaterThanOrEqual(1500 - 10);
    expect(right).toBeLessThanOrEqual(2500 + 10);
  });

  it("needs no memory of the source's size: a picture of 80 megapixels passes row by row", () => {
    const resizer = createRowResizer(10_000, 8_000, centreFrame(10_000, 8_000, 224).crop);
    const { left, right, top, bottom } = resizer.window;
    const row = new Uint8Array((right - left) * 3).fill(128);
    for (let y = top; y < bottom; y += 1) resizer.push(row, 1, 3);
    expect(new Set(resizer.finish())).toEqual(new Set([128]));
  });

  it.each([
    ["too few rows", 1, 1],
    ["too many rows", height + 1, height + 1],
    ["rows of a wrong length", height, height - 1],
  ])("refuses %s", (_, count, given) => {
    const resizer = createRowResizer(width, height, crop);
    const columns = resizer.window.right - resizer.window.left;
    const feed = () => {
      resizer.push(new Uint8Array(given * columns * 3), count, 3);
      resizer.finish();
    };
    expect(feed).toThrow(expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument")));
  });

  it("refuses a crop outside the resized picture", () => {
    expect(() => createRowResizer(100, 100, { ...crop, left: -1 })).toThrow(
      expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument")),
    );
  });
});

it("refuses pixels that do not fit the stated size", () => {
  expect(() => centre(new Uint8Array(10), 2, 2, 224)).toThrow(
    expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument")),
  );
});

describe("a frame with borders", () => {
  const width = 90;
  const height = 30;
  const rgb = formulaPicture(width, height);

  it("holds the resized picture in the middle and the border's colour beside it", () => {
    const frame = fittedFrame({ x: 0, y: 0, width, height }, 45);
    const square = frameFromPixels(rgb, width, height, frame, BORDER);
    expect(square).toHaveLength(45 * 45 * 3);
    const line = (y: number) => square.subarray(y * 45 * 3, (y + 1) * 45 * 3);
    const outside = Array.from({ length: 45 }, (_, y) => y).filter((y) => y < 15 || y >= 30);
    for (const y of outside) {
      expect(new Set(line(y))).toEqual(new Set(BORDER));
    }
    const crop = createRowResizer(width, height, frame.crop);
    crop.push(rgb, height, 3);
    expect(square.subarray(15 * 135, 30 * 135)).toEqual(crop.finish());
  });

  it("of a part shows what Pillow makes of that part alone", () => {
    const box = { x: 20, y: 5, width: 20, height: 20 };
    const part = new Uint8Array(20 * 20 * 3);
    for (let y = 0; y < 20; y += 1) {
      const start = ((box.y + y) * width + box.x) * 3;
      part.set(rgb.subarray(start, start + 60), y * 60);
    }
    expect(frameFromPixels(rgb, width, height, fittedFrame(box, 32), BORDER)).toEqual(
      centre(part, 20, 20, 32),
    );
  });

  it("costs no copy where there is no border", () => {
    const crop = new Uint8Array(4 * 4 * 3);
    expect(fillFrame(crop, fittedFrame({ x: 0, y: 0, width: 9, height: 9 }, 4), BORDER)).toBe(crop);
  });

  it("has the mean colour that the model's input is normalised by", () => {
    expect(borderColour([0.48145466, 0.4578275, 0.40821073])).toEqual([123, 117, 104]);
  });
});
