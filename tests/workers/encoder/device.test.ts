import { afterEach, describe, expect, it, vi } from "vitest";
import { findAdapter, watchDevice } from "../../../workers/encoder/device.ts";

afterEach(() => vi.unstubAllGlobals());

function stubGpu(requestAdapter: () => Promise<unknown>): void {
  vi.stubGlobal("navigator", { gpu: { requestAdapter } });
}

describe("findAdapter", () => {
  const real = { info: { isFallbackAdapter: false } };
  const software = { info: { isFallbackAdapter: true } };
  const olderSoftware = { isFallbackAdapter: true, info: {} };

  it("gives a real adapter", async () => {
    stubGpu(async () => real);
    expect(await findAdapter(false)).toBe(real);
  });

  it.each([
    ["now", software],
    ["in older browsers", olderSoftware],
  ])(
    "counts a software adapter as none, as it is marked %s, unless asked for",
    async (_, adapter) => {
      stubGpu(async () => adapter);
      expect(await findAdapter(false)).toBeNull();
      expect(await findAdapter(true)).toBe(adapter);
    },
  );

  it("gives none without WebGPU, without an adapter, and where the browser throws", async () => {
    vi.stubGlobal("navigator", {});
    expect(await findAdapter(true)).toBeNull();
    stubGpu(async () => null);
    expect(await findAdapter(true)).toBeNull();
    stubGpu(() => Promise.reject(new DOMException("blocked")));
    expect(await findAdapter(true)).toBeNull();
  });
});

describe("watchDevice", () => {
  it("knows of a loss once it was reported, also where the failure came first", async () => {
    let lose: (info: GPUDeviceLostInfo) => void = () => {};
    const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
      lose = resolve;
    });
    const watch = watchDevice({ lost });
    expect(watch.reason()).toBeNull();
    setTimeout(() => lose({ reason: "unknown", message: "driver reset" } as GPUDeviceLostInfo), 20);
    await watch.settle();
    expect(watch.reason()).toBe("driver reset");
  });

  it("does not wait for ever for a loss that does not come", async () => {
    const watch = watchDevice({ lost: new Promise(() => {}) });
    await watch.settle();
    expect(watch.reason()).toBeNull();
  });
});
