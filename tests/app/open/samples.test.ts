import { describe, expect, it } from "vitest";
import { parseSamples } from "../../../src/app/open/samples.ts";

const base = "https://example.org/site/samples/";

describe("parseSamples", () => {
  it("gives title, description and address of every sample", () => {
    const json = {
      samples: [
        { file: "red boat.png", title: "Red boat", description: "A red boat at the left." },
      ],
    };
    expect(parseSamples(json, base)).toEqual([
      {
        title: "Red boat",
        description: "A red boat at the left.",
        url: "https://example.org/site/samples/red%20boat.png",
      },
    ]);
  });

  it("leaves out entries that are not what they should be, and addresses that leave the folder", () => {
    const json = {
      samples: [null, 3, {}, { file: "../secret.png", title: "x" }, { file: "a.png", title: 7 }],
    };
    expect(parseSamples(json, base)).toEqual([]);
    expect(parseSamples(null, base)).toEqual([]);
    expect(parseSamples({ samples: "no" }, base)).toEqual([]);
  });
});
