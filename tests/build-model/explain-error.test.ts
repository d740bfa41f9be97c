import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BuildError } from "../../scripts/build-index/build-error.ts";
import { explainError } from "../../scripts/build-model/explain-error.ts";
import { AppError } from "../../src/core/errors.ts";

describe("what ended a build", () => {
  it("is a file that is not there, named", async () => {
    const path = join(import.meta.dirname, "absent", "manifest.json");
    const error: unknown = await readFile(path).catch((error: unknown) => error);
    expect(explainError(error)).toBe(`${path}: there is no such file or folder.`);
  });

  it("is a sentence for every error of input, and nothing for a fault of the program", () => {
    expect(explainError(new BuildError("row 3 is all zeros"))).toBe("row 3 is all zeros");
    const network = new AppError({ code: "network", url: "https://example.org/a" });
    expect(explainError(network)).toContain("https://example.org/a could not be reached");
    expect(explainError(new TypeError("x is undefined"))).toBeNull();
  });
});
