import { describe, expect, it } from "vitest";
import { mixQuery, phraseWeight } from "../../../src/core/search/mix-query.ts";

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

describe("phraseWeight", () => {
  const scores = (spread: number, mean: number) =>
    Float32Array.from({ length: 40 }, (_, index) => mean + spread * Math.sin(index));

  it("gives picture and phrase an equal say: the ratio of how far their scores spread", () => {
    expect(phraseWeight(scores(0.03, 0.2), scores(0.09, 0.7), null)).toBeCloseTo(1 / 3, 5);
    expect(phraseWeight(scores(0.15, 0), scores(0.15, 0.5), null)).toBeCloseTo(1, 5);
  });

  it("counts every point as often as it stands for a sentence", () => {
    const picture = Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0);
    const phrase = Float32Array.of(0, 0, 1, 0, 0, 0, 0, 0);
    const counts = Uint32Array.of(1, 4, 1, 0, 0, 0, 0, 0);
    const repeated = (values: Float32Array) =>
      Float32Array.from([...counts].flatMap((count, at) => Array(count).fill(values[at])));
    const few = phraseWeight(picture, phrase, counts);
    const many = Array.from({ length: 3 }, () => [repeated(picture), repeated(phrase)]);
    const all = (side: 0 | 1) => Float32Array.from(many.flatMap((pair) => [...(pair[side] ?? [])]));
    expect(few).toBeCloseTo(phraseWeight(all(0), all(1), null), 5);
  });

  it("stays within bounds, and is the usual one where nothing spreads or too little is known", () => {
    expect(phraseWeight(scores(1, 0), scores(0.01, 0), null)).toBe(2);
    expect(phraseWeight(scores(0.001, 0), scores(1, 0), null)).toBe(0.1);
    for (const [picture, phrase] of [
      [scores(0, 0.3), scores(0.1, 0)],
      [scores(0.1, 0), scores(0, 0.3)],
      [new Float32Array(3), new Float32Array(3)],
      [new Float32Array(0), new Float32Array(0)],
    ] as const) {
      expect(phraseWeight(picture, phrase, null)).toBe(0.7);
    }
  });
});
