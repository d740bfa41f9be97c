import { describe, expect, it } from "vitest";
import { mixQuery } from "../../../src/core/search/mix-query.ts";

const picture = Float32Array.of(1, 0, 0, 0);
const text = Float32Array.of(0, 1, 0, 0);
const length = (vector: Float32Array) => Math.hypot(...vector);

describe("mixQuery", () => {
  it("turns the query towards a phrase, or away from it, and keeps it a unit vector", () => {
    const towards = mixQuery(picture, text, 0.5);
    const away = mixQuery(picture, text, -0.5);
    expect([...towards].map((value) => Number(value.toFixed(4)))).toEqual([0.8944, 0.4472, 0, 0]);
    expect([...away].map((value) => Number(value.toFixed(4)))).toEqual([0.8944, -0.4472, 0, 0]);
    expect(length(towards)).toBeCloseTo(1, 6);
    expect(length(away)).toBeCloseTo(1, 6);
  });

  it("ranks like picture score plus weight times phrase score", () => {
    const sentences = [
      [0.6, 0.8, 0, 0],
      [0.8, 0.6, 0, 0],
      [0, 0, 1, 0],
      [0.6, -0.8, 0, 0],
    ];
    const scored = (weight: number) => {
      const query = mixQuery(picture, text, weight);
      return sentences
        .map((sentence, row) => ({
          row,
          mixed: sentence.reduce((sum, value, d) => sum + value * (query[d] ?? 0), 0),
          apart: (sentence[0] ?? 0) + weight * (sentence[1] ?? 0),
        }))
        .toSorted((left, right) => right.mixed - left.mixed);
    };
    for (const weight of [-1, -0.3, 0, 0.3, 1]) {
      const order = scored(weight).map(({ apart }) => apart);
      expect(order).toEqual(order.toSorted((left, right) => right - left));
    }
  });

  it("keeps to the picture where picture and phrase cancel out", () => {
    expect([...mixQuery(picture, picture, -1)]).toEqual([...picture]);
  });

  it("gives a copy, so that sending it away takes nothing from the page", () => {
    expect(mixQuery(picture, picture, -1).buffer).not.toBe(picture.buffer);
  });
});
