import { describe, expect, it } from "vitest";
import {
  ALL_QUALITY_FLAGS,
  countQualityFlags,
  QUALITY_FLAG_NAMES,
  QUALITY_FLAGS,
} from "../../../src/core/quality/flags.ts";

describe("quality flags", () => {
  it("are one bit each, in the order of their names", () => {
    const bits = QUALITY_FLAG_NAMES.map((name) => QUALITY_FLAGS[name]);
    expect(bits).toEqual([1, 2, 4, 8, 16, 32]);
    expect(bits.reduce((all, bit) => all | bit, 0)).toBe(ALL_QUALITY_FLAGS);
  });

  it("are counted one by one", () => {
    const flags = Uint16Array.of(0, QUALITY_FLAGS.caption, QUALITY_FLAGS.caption | 32, 63);
    expect(countQualityFlags(flags)).toEqual({
      bibliography: 1,
      caption: 3,
      "running-head": 1,
      "ocr-debris": 1,
      "other-language": 1,
      duplicate: 2,
    });
  });
});
