import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hubExport, hubExportDigest } from "./hub-export.ts";

// Those in half precision are checked where they are read.
describe("the true-size exports made from the seed", () => {
  it.each([
    ["vision", "f32"],
    ["text", "f32"],
  ] as const)("are, for %s in %s, the bytes that the exporter wrote", async (which, type) => {
    const file = await hubExport(which, type);
    const { bytes, sha256 } = hubExportDigest(which, type);
    expect(file.length).toBe(bytes);
    expect(createHash("sha256").update(file).digest("hex")).toBe(sha256);
  });
});
