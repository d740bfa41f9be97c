import { describe, expect, it } from "vitest";
import { PAGE_SIZE } from "../../../src/core/results/listing.ts";
import { varyOrder } from "../../../src/core/results/vary.ts";

/** Unit vectors in the plane, by angle in degrees from the query; scores are their cosines. */
function pool(...angles: readonly (readonly [tilt: number, turn: number])[]) {
  const vectors = new Float32Array(angles.length * 4);
  const scores = new Float32Array(angles.length);
  angles.forEach(([tilt, turn], index) => {
    const [t, u] = [(tilt * Math.PI) / 180, (turn * Math.PI) / 180];
    vectors.set([Math.cos(t), Math.sin(t) * Math.cos(u), Math.sin(t) * Math.sin(u), 0], index * 4);
    scores[index] = Math.cos(t);
  });
  return { vectors, scores, dim: 4 };
}

/** Vectors around the query by a seeded walk, the closest first. */
function randomPool(size: number, seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  const angles = Array.from({ length: size }, () => [10 + 60 * next(), 360 * next()] as const);
  return pool(...angles.toSorted((one, other) => one[0] - other[0]));
}

describe("varyOrder", () => {
  it("lists the closest first and puts its paraphrases behind what says something else", () => {
    const angles = [
      [20, 0],
      [20.1, 1],
      [20.2, 2],
      [21, 120],
      [22, 240],
      [40, 60],
    ] as const;
    const order = varyOrder(pool(...angles), 6);
    expect(order[0]).toBe(0);
    expect(new Set(order.slice(1, 3))).toEqual(new Set([3, 4]));
    expect(new Set(order)).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it("chooses what the formula of the paper chooses, computed the plain way", () => {
    const { vectors, scores, dim } = randomPool(90, 7);
    const at = (index: number) => [...vectors.subarray(index * dim, (index + 1) * dim)];
    const dot = (one: number, other: number) =>
      at(one).reduce((sum, value, d) => sum + value * (at(other)[d] ?? 0), 0);
    const toFirst = Array.from({ length: 89 }, (_, index) => dot(index + 1, 0));
    const [low, high] = [Math.min(...toFirst), Math.max(...toFirst)];
    const [far, near] = [Math.min(...scores), Math.max(...scores)];
    const chosen: number[] = [];
    while (chosen.length < PAGE_SIZE) {
      const values = Array.from(scores, (score, index) => {
        if (chosen.includes(index)) return Number.NEGATIVE_INFINITY;
        const likest = Math.max(...chosen.map((other) => dot(index, other)));
        const penalty = chosen.length === 0 ? 0 : (likest - low) / (high - low);
        return (0.7 * (score - far)) / (near - far) - 0.3 * penalty;
      });
      chosen.push(values.indexOf(Math.max(...values)));
    }
    expect(varyOrder({ vectors, scores, dim }, PAGE_SIZE)).toEqual(chosen);
  });

  it("begins a longer list with the shorter one, and takes each sentence once", () => {
    const whole = randomPool(400, 3);
    const short = {
      dim: whole.dim,
      scores: whole.scores.slice(0, 100),
      vectors: whole.vectors.slice(0, 400),
    };
    const long = varyOrder(whole, 100);
    expect(new Set(long).size).toBe(100);
    expect(varyOrder(short, 25)).toEqual(long.slice(0, 25));
    expect(Math.max(...long.slice(0, 25))).toBeLessThan(100);
  });

  it("is content with few, with equal ones and with none", () => {
    expect(varyOrder(pool([30, 0]), 25)).toEqual([0]);
    expect(varyOrder(pool([30, 0], [30, 0], [30, 0]), 25)).toEqual([0, 1, 2]);
    expect(
      varyOrder({ scores: new Float32Array(0), vectors: new Float32Array(0), dim: 4 }, 25),
    ).toEqual([]);
  });
});
