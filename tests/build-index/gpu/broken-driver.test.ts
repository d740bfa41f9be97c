import { expect, it, vi } from "vitest";
import { chooseArithmetic } from "../../../scripts/build-index/gpu/choose-arithmetic.ts";

// A machine whose driver gives an adapter and no device.
vi.mock("webgpu", () => ({
  globals: {},
  create: () => ({
    requestAdapter: () =>
      Promise.resolve({
        info: { vendor: "v", architecture: "a", description: "", isFallbackAdapter: false },
        features: new Set(),
        requestDevice: () => Promise.reject(new Error("out of device memory")),
      }),
  }),
}));

it("goes on with the processor where the driver of a GPU fails, unless a GPU is asked for", async () => {
  const lines: string[] = [];
  const arithmetic = await chooseArithmetic("auto", 0, (line) => lines.push(line));
  expect(arithmetic.kind).toBe("processor");
  expect(lines.join()).toMatch(/^computes on the processor: Dawn .*out of device memory/);
  await arithmetic.close();
  await expect(chooseArithmetic("gpu", 0, () => undefined)).rejects.toThrow(
    /--arithmetic gpu: Dawn cannot open a GPU \(out of device memory\)$/,
  );
});
