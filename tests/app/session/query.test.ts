import { describe, expect, it } from "vitest";
import { type PhrasePart, queryFor } from "../../../src/app/session/query.ts";
import type { PhraseMode, Region } from "../../../src/app/session/session-state.ts";
import { DIM, encoded, encodedRegion, GRID } from "./doubles.ts";

const whole: Region = { kind: "whole" };
const cell: Region = { kind: "cell", row: 2, column: 3 };
const shown = encoded("p");
const phrase = (mode: PhraseMode): PhrasePart => ({
  mode,
  vectors: { base: Float32Array.of(0, 0, 1, 0), adapted: Float32Array.of(0, 0, 0, 1) },
});

describe("queryFor", () => {
  it("searches with the picture or one of its cells on the picture's scale", () => {
    expect(queryFor(shown, null, "base", whole, null)).toEqual({
      query: shown.whole.base,
      scale: "picture",
    });
    const query = queryFor(shown, null, "adapted", cell, null);
    expect([...(query?.query ?? [])]).toEqual([2, 2 * GRID + 3, 0, 0]);
  });

  it("searches a rectangle with the mean of its cells, and with its own vector once there is one", () => {
    const rect = { x: 60, y: 10, width: 40, height: 40 };
    const region: Region = { kind: "rect", rect };
    const rough = queryFor(shown, null, "base", region, null);
    expect(Math.hypot(...(rough?.query ?? []))).toBeCloseTo(1, 6);
    const own = encodedRegion("r", rect);
    const fine = queryFor(shown, own, "adapted", region, null);
    expect(fine).toEqual({ query: own.whole.adapted, scale: "picture" });
    expect(fine?.query).not.toBe(own.whole.adapted);
    const beside: Region = { kind: "rect", rect: { x: 0, y: 0, width: 20, height: 50 } };
    expect(queryFor(shown, null, "base", beside, null)).toBeNull();
    expect(queryFor(shown, null, "base", beside, phrase("alone"))?.scale).toBe("text");
  });

  it("searches with a phrase alone on the scale of texts, with and without a picture", () => {
    const alone = { query: Float32Array.of(0, 0, 0, 1), scale: "text" };
    expect(queryFor(null, null, "adapted", whole, phrase("alone"))).toEqual(alone);
    expect(queryFor(shown, null, "adapted", cell, phrase("alone"))).toEqual(alone);
  });

  it("searches alone with a phrase that there is no picture to add to or to take from", () => {
    for (const mode of ["add", "subtract"] as const) {
      expect(queryFor(null, null, "base", whole, phrase(mode))?.scale).toBe("text");
    }
  });

  it("leaves the picture's query, or that of the chosen cell, beside a phrase that is added or taken away", () => {
    for (const region of [whole, cell]) {
      const plain = queryFor(shown, null, "base", region, null);
      for (const mode of ["add", "subtract"] as const) {
        expect(queryFor(shown, null, "base", region, phrase(mode))).toEqual({
          query: plain?.query,
          scale: "mixed",
          phrase: { vector: Float32Array.of(0, 0, 1, 0), isAdded: mode === "add" },
        });
      }
    }
  });

  it("gives copies that may be handed over", () => {
    const words = phrase("alone");
    const query = queryFor(null, null, "base", whole, words);
    expect(query?.query.buffer).not.toBe(words.vectors.base.buffer);
    expect(words.vectors.base).toHaveLength(DIM);
  });

  it("has nothing to search with without picture and phrase", () => {
    expect(queryFor(null, null, "base", whole, null)).toBeNull();
  });
});
