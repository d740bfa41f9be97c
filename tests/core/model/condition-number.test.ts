import { describe, expect, it } from "vitest";
import {
  adaptedFactorOf,
  applyTransform,
  createLowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { AppError } from "../../../src/core/errors.ts";
import { conditionNumber } from "../../../src/core/model/condition-number.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

describe("conditionNumber", () => {
  it("is the quotient of the greatest and the least stretch", () => {
    // Wᵀ with rows of length 6, 1.5 and 3 along three axes.
    const base = Float32Array.of(6, 0, 0, 0, 0, 1.5, 0, 0, 0, 0, 0, 3);
    expect(conditionNumber(base, 4)).toBeCloseTo(4, 3);
  });

  it("bounds how much a random matrix stretches one vector more than another", () => {
    const random = createSeededRandom(3);
    const [width, dim] = [8, 24];
    const base = Float32Array.from(
      Array.from({ length: width }, () => [...drawVector(dim, random)]).flat(),
    );
    const lengths = Array.from({ length: 500 }, () => {
      const h = drawVector(width, random);
      const image = Array.from({ length: dim }, (_, i) =>
        h.reduce((sum, value, k) => sum + value * (base[k * dim + i] ?? 0), 0),
      );
      return Math.hypot(...image);
    });
    const seen = Math.max(...lengths) / Math.min(...lengths);
    const condition = conditionNumber(base, dim);
    expect(condition).toBeGreaterThanOrEqual(seen);
    expect(condition).toBeLessThan(3 * seen);
  });

  it("does not exist for columns that depend on one another", () => {
    expect(() => conditionNumber(Float32Array.of(1, 2, 2, 4), 2)).toThrow(AppError);
  });
});

describe("adaptedFactorOf", () => {
  it("is 1 / ‖M · t‖", () => {
    const random = createSeededRandom(4);
    const draw = () => Float32Array.from({ length: 24 }, () => random() - 0.5);
    const transform = createLowRankTransform(12, 2, draw(), draw());
    const t = drawVector(12, random);
    const length = Math.hypot(...applyTransform(transform, t));
    expect(adaptedFactorOf(transform, t)).toBeCloseTo(1 / length, 6);
  });
});
