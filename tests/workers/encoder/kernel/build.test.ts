import { describe, expect, it } from "vitest";
import { compileKernel } from "../../../../scripts/build-kernel.mjs";
import { kernelBytes } from "../../../helpers/node-kernel.ts";

describe("the kernel's WebAssembly", () => {
  it.each(["tower.wasm", "tower-threads.wasm"] as const)(
    "%s is what its source gives",
    async (name) => {
      expect(Buffer.from(kernelBytes(name)).equals(Buffer.from(await compileKernel(name)))).toBe(
        true,
      );
    },
  );
});
