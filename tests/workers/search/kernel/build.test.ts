import { describe, expect, it } from "vitest";
import { compileKernel } from "../../../../scripts/build-kernel.mjs";
import { SCAN_BUILDS, scanKernelBytes } from "../../../helpers/node-scan-kernel.ts";

describe("the scan kernel's WebAssembly", () => {
  it.each(SCAN_BUILDS)("%s is what its source gives", async (name) => {
    const compiled = Buffer.from(await compileKernel(name));
    expect(Buffer.from(scanKernelBytes(name)).equals(compiled)).toBe(true);
  });
});
