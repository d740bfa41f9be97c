import { describe, expect, it } from "vitest";
import { encodeResidual } from "../../../src/core/codes/encode-residual.ts";
import { createRotation } from "../../../src/core/codes/rotation.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

/** x and s of the code of y, and what they estimate. */
function codeOf(y: Float32Array) {
  const codes = new Uint8Array(y.length);
  const { f4, f1 } = encodeResidual(y, codes);
  return {
    codes,
    f4,
    f1,
    x: Float32Array.from(codes, (code) => code - 7.5),
    signs: Float32Array.from(codes, (code) => (code >= 8 ? 1 : -1)),
  };
}

/** Errors of the estimates of <q, y> over rotations: of 4 bits and of 1 bit, and the cosines of code and vector. */
function errorsOverRotations(dim: number, rotations: number) {
  const random = createSeededRandom(dim);
  const y = drawVector(dim, random);
  // A query at cosine 0.3, as a picture's with a sentence.
  const other = drawVector(dim, random);
  const q = y.map((value, i) => 0.3 * value + 0.95 * (other[i] ?? 0));
  const truth = dotFloats(q, 0, y, 0, dim);
  const rows = Array.from({ length: rotations }, (_, seed) => {
    const rotation = createRotation(dim, seed);
    const [turnedY, turnedQ] = [y.slice(), q.slice()];
    rotation.apply(turnedY);
    rotation.apply(turnedQ);
    const { x, signs, f4, f1 } = codeOf(turnedY);
    const cosine = (code: Float32Array) =>
      dotFloats(code, 0, turnedY, 0, dim) / Math.sqrt(dotFloats(code, 0, code, 0, dim));
    return {
      error4: f4 * dotFloats(turnedQ, 0, x, 0, dim) - truth,
      error1: f1 * dotFloats(turnedQ, 0, signs, 0, dim) - truth,
      cosine4: cosine(x),
      cosine1: cosine(signs),
    };
  });
  const mean = (of: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + of(row), 0) / rotations;
  // Component of q that is orthogonal to y: only that is estimated, the rest is exact.
  const across = Math.sqrt(dotFloats(q, 0, q, 0, dim) - truth * truth);
  return { mean, across, rotations };
}

describe.each([32, 96, 512])("codes of %i numbers", (dim) => {
  const { mean, across, rotations } = errorsOverRotations(dim, 400);
  const spread = (error: "error4" | "error1") => Math.sqrt(mean((row) => row[error] ** 2));

  it.each(["error4", "error1"] as const)("estimate without bias (%s)", (error) => {
    // Four standard errors of the mean.
    expect(Math.abs(mean((row) => row[error]))).toBeLessThan(
      (4 * spread(error)) / Math.sqrt(rotations),
    );
  });

  it.each([
    ["error4", "cosine4"],
    ["error1", "cosine1"],
  ] as const)("err as the theorem says: √((1 − cos²) / cos² / (D − 1)) (%s)", (error, cosine) => {
    const c = mean((row) => row[cosine]);
    const expected = across * Math.sqrt((1 - c * c) / (c * c) / (dim - 1));
    expect(spread(error) / expected).toBeGreaterThan(0.85);
    expect(spread(error) / expected).toBeLessThan(1.15);
  });

  it("point as nearly along the vector as 4 bits and 1 bit can", () => {
    // 1 bit: E|N(0, 1)| = √(2/π) = 0.798. 4 bits: a Gaussian's best uniform quantiser leaves 1.15 % of the energy (Max, 1960).
    expect(mean((row) => row.cosine1)).toBeGreaterThan(0.78);
    expect(mean((row) => row.cosine4)).toBeGreaterThan(Math.sqrt(1 - 0.0125));
  });
});

describe("a code", () => {
  const random = createSeededRandom(3);
  const rows = Array.from({ length: 50 }, () => drawVector(96, random));

  it("has the signs of the vector in its highest bit", () => {
    for (const y of rows) {
      const { codes } = codeOf(y);
      codes.forEach((code, i) => {
        expect(code >= 8).toBe((y[i] ?? 0) >= 0);
        expect(code).toBeLessThanOrEqual(15);
      });
    }
  });

  it("does not change when the vector is made longer, but for its factors", () => {
    for (const y of rows) {
      const [once, twice] = [codeOf(y), codeOf(y.map((value) => 2 * value))];
      expect(twice.codes).toEqual(once.codes);
      expect(twice.f4).toBeCloseTo(2 * once.f4, 6);
      expect(twice.f1).toBeCloseTo(2 * once.f1, 6);
    }
  });

  it("is finite for vectors of one number, and nothing for none", () => {
    const peak = new Float32Array(32);
    peak[5] = -1;
    const { f4, f1, codes } = codeOf(peak);
    expect(f4).toBeGreaterThan(0);
    expect(Number.isFinite(f4)).toBe(true);
    expect(f1).toBe(1);
    expect(codes[5]).toBeLessThan(8);
    expect(codeOf(new Float32Array(32))).toMatchObject({ f4: 0, f1: 0 });
  });
});
