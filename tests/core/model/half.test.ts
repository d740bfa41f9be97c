import { describe, expect, it } from "vitest";
import { fromHalf, fromHalves, toHalf, toHalves } from "../../../src/core/model/half.ts";

describe("halves", () => {
  it("come back unchanged through float32, all 65,536 of them", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = fromHalf(bits);
      if (Number.isNaN(value)) expect(toHalf(value) & 0x7fff).toBeGreaterThan(0x7c00);
      else if (toHalf(value) !== bits) expect.fail(`${bits} became ${toHalf(value)}`);
    }
  });

  it("round to nearest, ties to even, in the normal and the subnormal range", () => {
    expect(fromHalf(toHalf(1 + 2 ** -11))).toBe(1);
    expect(fromHalf(toHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
    expect(fromHalf(toHalf(1 + 2 ** -11 + 2 ** -20))).toBe(1 + 2 ** -10);
    expect(fromHalf(toHalf(2 ** -25))).toBe(0);
    expect(fromHalf(toHalf(1.5 * 2 ** -24))).toBe(2 ** -23);
    expect(fromHalf(toHalf(2 ** -25 + 2 ** -40))).toBe(2 ** -24);
    expect(fromHalf(toHalf(2047.5 * 2 ** -1))).toBe(1024);
  });

  it("overflow to infinity only from half way beyond the greatest half", () => {
    expect(fromHalf(toHalf(65519))).toBe(65504);
    expect(fromHalf(toHalf(65520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromHalf(toHalf(-1e30))).toBe(Number.NEGATIVE_INFINITY);
    expect(fromHalf(toHalf(Number.NEGATIVE_INFINITY))).toBe(Number.NEGATIVE_INFINITY);
  });

  it("keep the sign of zero and never lie further than half a step from the value", () => {
    expect(Object.is(fromHalf(toHalf(-0)), -0)).toBe(true);
    const values = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * 10 ** ((i % 9) - 4));
    const back = fromHalves(toHalves(values));
    for (const [i, value] of values.entries()) {
      const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10));
      expect(Math.abs((back[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(step / 2);
    }
  });
});
