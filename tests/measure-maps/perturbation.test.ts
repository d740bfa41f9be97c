import { describe, expect, it } from "vitest";
import {
  areaUnder,
  measureCurves,
  orderOfCells,
  type Perturbed,
  pairedGain,
} from "../../scripts/measure-maps/perturbation.ts";

/** Four patches of 3 numbers (one pixel each); the text asks for how much of patch 2's first channel is there. */
function picture(embedded: Float32Array[]): Perturbed {
  const patches = Float32Array.of(0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0);
  return {
    patches,
    count: 4,
    text: Float32Array.of(1),
    embed: (changed) => {
      embedded.push(changed);
      return Promise.resolve(Float32Array.of(changed[6] ?? 0));
    },
  };
}

describe("orderOfCells", () => {
  it("puts the strongest first and leaves equal cells in the order of the tie break", () => {
    expect(orderOfCells([0, 0.5, 0, 0.9], [2, 0, 3, 1])).toEqual([3, 1, 2, 0]);
  });
});

describe("measureCurves", () => {
  it("gives a map that names the evidence a smaller deletion area and a larger insertion area", async () => {
    const areas = await measureCurves(picture([]), { right: [2, 0, 1, 3], wrong: [0, 1, 3, 2] }, 4);
    // Patch 2 scores 4 while shown and 1, the mean colour, while painted over.
    expect(areas.get("right")).toEqual({
      deletion: (4 + 1) / 8 + 0.75,
      insertion: (1 + 4) / 8 + 3,
    });
    expect(areas.get("wrong")).toEqual({
      deletion: 3 + (4 + 1) / 8,
      insertion: 0.75 + (1 + 4) / 8,
    });
  });

  it("paints over with the mean colour of each channel and leaves the rest alone", async () => {
    const embedded: Float32Array[] = [];
    await measureCurves(picture(embedded), { only: [2, 0, 1, 3] }, 2);
    const half = embedded[2] ?? new Float32Array();
    // Cells 1 and 3 are kept; 0 and 2 take the mean colour (1, 0, 0).
    expect([...half]).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it("embeds the whole and the blank picture once for all orders", async () => {
    const embedded: Float32Array[] = [];
    await measureCurves(picture(embedded), { a: [0, 1, 2, 3], b: [3, 2, 1, 0] }, 4);
    expect(embedded).toHaveLength(2 + 2 * 2 * 3);
  });
});

describe("areaUnder", () => {
  it("follows the trapezoid rule over uneven shares", () => {
    expect(areaUnder([0, 0.25, 1], [1, 0, 0.4])).toBeCloseTo(0.125 + 0.15, 12);
  });
});

describe("pairedGain", () => {
  it("gives the mean difference and the lower end of its interval", () => {
    const { mean, lower } = pairedGain([3, 5, 4, 4], [1, 2, 2, 3]);
    expect(mean).toBe(2);
    expect(lower).toBeCloseTo(2 - 1.96 * Math.sqrt(2 / 3 / 4), 12);
  });

  it("refuses a single pair", () => {
    expect(() => pairedGain([1], [0])).toThrow(RangeError);
  });
});
