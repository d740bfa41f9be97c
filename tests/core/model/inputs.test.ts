import { describe, expect, it } from "vitest";
import { toPatches } from "../../../src/core/model/patches.ts";
import { readPreprocessing } from "../../../src/core/model/preprocessing.ts";
import { trimTokens } from "../../../src/core/model/run-text.ts";

const layout = { imageSize: 4, patchSize: 2, imageMean: [0.5, 0.5, 0], imageStd: [0.5, 0.25, 1] };

describe("patches of a picture", () => {
  it("are normalised by channel and laid out channel by channel, patch by patch", () => {
    const rgb = Uint8Array.from({ length: 48 }, (_, i) => i);
    const patches = toPatches(rgb, layout);
    const value = (x: number, y: number, channel: number) => ((y * 4 + x) * 3 + channel) / 255;
    const at = (patch: number, channel: number, y: number, x: number) =>
      patches[patch * 12 + channel * 4 + y * 2 + x];
    expect(at(0, 0, 0, 0)).toBeCloseTo((value(0, 0, 0) - 0.5) / 0.5, 6);
    expect(at(1, 1, 1, 0)).toBeCloseTo((value(2, 1, 1) - 0.5) / 0.25, 6);
    expect(at(2, 2, 0, 1)).toBeCloseTo(value(1, 2, 2), 6);
    expect(at(3, 2, 1, 1)).toBeCloseTo(value(3, 3, 2), 6);
  });

  it("need a picture of the model's size", () => {
    expect(() => toPatches(new Uint8Array(47), layout)).toThrow("invalid-argument");
  });
});

describe("preprocessor_config.json", () => {
  const config = {
    do_resize: true,
    size: { shortest_edge: 224 },
    crop_size: { height: 224, width: 224 },
    resample: 3,
    image_mean: [0.48, 0.46, 0.41],
    image_std: [0.27, 0.26, 0.28],
  };

  it("is read in its newer and its older form", () => {
    const expected = { imageMean: config.image_mean, imageStd: config.image_std };
    expect(readPreprocessing(config, 224)).toEqual(expected);
    expect(readPreprocessing({ ...config, size: 224, crop_size: 224 }, 224)).toEqual(expected);
  });

  it.each([
    ["another resampling", { ...config, resample: 2 }],
    ["another size", { ...config, size: { shortest_edge: 336 } }],
    ["a crop that is not square", { ...config, crop_size: { height: 224, width: 200 } }],
    ["no crop", { ...config, do_center_crop: false }],
    ["another scale", { ...config, rescale_factor: 1 }],
    ["a deviation of zero", { ...config, image_std: [0, 1, 1] }],
  ])("that asks for %s is refused", (_, json) => {
    expect(() => readPreprocessing(json, 224)).toThrow("weights-invalid");
  });
});

describe("tokens of a text", () => {
  const shape = { contextLength: 5, endOfTextToken: 9, vocabularySize: 10 };

  it("end with the first end-of-text token", () => {
    expect(trimTokens([8, 1, 2, 9, 9, 9], shape)).toEqual([8, 1, 2, 9]);
  });

  it("are shortened to the context with that token kept last", () => {
    expect(trimTokens([8, 1, 2, 3, 4, 5, 9], shape)).toEqual([8, 1, 2, 3, 9]);
    expect(trimTokens([8, 1, 2, 3, 9], shape)).toEqual([8, 1, 2, 3, 9]);
  });

  it("without an end, or beyond the vocabulary, are refused", () => {
    expect(() => trimTokens([8, 1], shape)).toThrow("invalid-argument");
    expect(() => trimTokens([8, 10, 9], shape)).toThrow("invalid-argument");
    expect(() => trimTokens([], shape)).toThrow("invalid-argument");
  });
});
