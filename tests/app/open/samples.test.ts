import { describe, expect, it } from "vitest";
import { parseSamples } from "../../../src/app/open/samples.ts";

const base = "https://example.org/site/samples/";

const sample = {
  file: "red boat.png",
  title: "Red boat",
  alt: "A red boat at the left.",
  width: 1120,
  height: 800,
};

describe("parseSamples", () => {
  it("gives title, description, size and address of every sample", () => {
    expect(parseSamples([sample], base)).toEqual([
      {
        title: "Red boat",
        alt: "A red boat at the left.",
        width: 1120,
        height: 800,
        url: "https://example.org/site/samples/red%20boat.png",
      },
    ]);
  });

  it("leaves out entries that are not what they should be, and addresses that leave the folder", () => {
    const wrong = [
      null,
      3,
      {},
      { ...sample, file: "../secret.png" },
      { ...sample, title: 7 },
      { ...sample, width: -1 },
    ];
    expect(parseSamples(wrong, base)).toEqual([]);
    expect(parseSamples(null, base)).toEqual([]);
    expect(parseSamples({ samples: "no" }, base)).toEqual([]);
  });
});
