import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import type {
  ExplanationState,
  VariantExplanation,
} from "../../../src/core/explain/explanation-state.ts";
import { explainTexts } from "../../../src/core/explain/maps.ts";

const DIM = 5;
const PATCHES = 4;

/** Deterministic numbers in [−1, 1]. */
function numbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(seed * 12.9898 + i * 78.233));
}

function variant(seed: number): VariantExplanation {
  return {
    whole: numbers(DIM, seed),
    gradients: numbers(PATCHES * DIM, seed + 1),
    valuePath: numbers(PATCHES * DIM, seed + 2),
    patches: numbers(PATCHES * DIM, seed + 3),
  };
}

const state: ExplanationState = {
  patchCount: PATCHES,
  dim: DIM,
  lambda: Float32Array.of(0.2, -0.3, 0.7, 0.1),
  variants: { base: variant(1), adapted: variant(9) },
};
const texts = numbers(3 * DIM, 20);

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i += 1) {
    dot += (a[i] ?? 0) * (b[i] ?? 0);
    aa += (a[i] ?? 0) ** 2;
    bb += (b[i] ?? 0) ** 2;
  }
  return dot / Math.sqrt(aa * bb);
}

/** The derivative of cos(z + ε·direction, t) by ε, by central differences: what the closed form must equal. */
function slope(z: Float32Array, t: Float32Array, direction: Float32Array): number {
  const step = 1e-5;
  const moved = (sign: number): number[] =>
    Array.from(z, (value, i) => value + sign * step * (direction[i] ?? 0));
  return (cosine(moved(1), t) - cosine(moved(-1), t)) / (2 * step);
}

describe("explainTexts", () => {
  it.each(["base", "adapted"] as const)(
    "gives the directional derivative of the cosine as the map without λ (%s)",
    (name) => {
      const maps = explainTexts(state, texts, name, "gradient");
      const { whole, gradients } = state.variants[name];
      expect(maps).toHaveLength(3 * PATCHES);
      for (let text = 0; text < 3; text += 1) {
        const t = texts.subarray(text * DIM, (text + 1) * DIM);
        for (let patch = 0; patch < PATCHES; patch += 1) {
          const jv = gradients.subarray(patch * DIM, (patch + 1) * DIM);
          const expected = Math.max(0, slope(whole, t, jv));
          expect(maps[text * PATCHES + patch]).toBeCloseTo(expected, 5);
        }
      }
    },
  );

  it("weighs it by λ, scaled from its least to its greatest value, for Grad-ECLIP", () => {
    const gradient = explainTexts(state, texts, "base", "gradient");
    const map = explainTexts(state, texts, "base", "grad-eclip");
    const scaled = [0.5, 0, 1, 0.4];
    for (const [index, value] of map.entries()) {
      expect(value).toBeCloseTo((gradient[index] ?? 0) * (scaled[index % PATCHES] ?? 0), 6);
    }
  });

  it("weighs all patches alike where λ is the same everywhere", () => {
    const flat = { ...state, lambda: new Float32Array(PATCHES).fill(0.4) };
    expect(explainTexts(flat, texts, "base", "grad-eclip")).toEqual(
      explainTexts(flat, texts, "base", "gradient"),
    );
  });

  it("gives the positive part of cos(text, value) as the value path", () => {
    const unitRows = Float32Array.from(state.variants.base.valuePath);
    for (let patch = 0; patch < PATCHES; patch += 1) {
      const row = unitRows.subarray(patch * DIM, (patch + 1) * DIM);
      const norm = Math.hypot(...row);
      for (const [i, value] of row.entries()) row[i] = value / norm;
    }
    const base = { ...state.variants.base, valuePath: unitRows };
    const maps = explainTexts(
      { ...state, variants: { base, adapted: base } },
      texts,
      "adapted",
      "value-path",
    );
    const first = texts.subarray(0, DIM);
    for (let patch = 0; patch < PATCHES; patch += 1) {
      const row = unitRows.subarray(patch * DIM, (patch + 1) * DIM);
      expect(maps[patch]).toBeCloseTo(Math.max(0, cosine(first, row)), 6);
    }
  });

  it("does not depend on the length of a text vector", () => {
    const long = Float32Array.from(texts, (value) => value * 40);
    const expected = explainTexts(state, texts, "base", "grad-eclip");
    for (const [index, value] of explainTexts(state, long, "base", "grad-eclip").entries()) {
      expect(value).toBeCloseTo(expected[index] ?? 0, 6);
    }
  });

  it("is never negative and holds no NaN, not even for vectors of zeros", () => {
    const zeros = new Float32Array(DIM);
    const nothing = { ...state.variants.base, whole: zeros };
    const dark = { ...state, variants: { base: nothing, adapted: nothing } };
    for (const method of ["grad-eclip", "gradient", "value-path"] as const) {
      for (const map of [
        explainTexts(state, texts, "base", method),
        explainTexts(state, zeros, "base", method),
        explainTexts(dark, texts, "base", method),
      ]) {
        expect(map.every((value) => value >= 0)).toBe(true);
      }
    }
    expect(explainTexts(state, new Float32Array(0), "base", "gradient")).toHaveLength(0);
  });

  it("refuses text vectors of another length", () => {
    expect(() => explainTexts(state, new Float32Array(DIM + 1), "base", "gradient")).toThrow(
      expect.toSatisfy((e: unknown) => isAppError(e, "invalid-argument")),
    );
  });
});
