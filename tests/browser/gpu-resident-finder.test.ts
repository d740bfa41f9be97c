import { afterEach, describe, expect, test } from "vitest";
import scanSource from "../../src/core/gpu/scan.wgsl?raw";
import type { ResidentFinder } from "../../src/core/search/resident-finder.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { findAdapter } from "../../workers/encoder/device.ts";
import { nextTask } from "../../workers/next-task.ts";
import {
  createGpuResidentFinder,
  type GpuFinderOptions,
} from "../../workers/search/gpu-resident-finder.ts";
import { findPlainly, plainCodes, scanBlocks, scanQuery } from "../helpers/gpu-scan-cases.ts";

const CODE_DIM = 64;
const COUNTS = [300, 300, 300, 300];
const firstPlaces = Uint32Array.of(0, 300, 600, 900);
const wanted = { count: 50, works: null, hiddenFlags: 0x3f };
const never = new AbortController().signal;
const query = scanQuery(CODE_DIM, COUNTS.length, false, createSeededRandom(21));

let finder: ResidentFinder | null = null;
afterEach(() => {
  finder?.close();
  finder = null;
});

/** A finder over 1,200 rows in the plain kernel's memory, the clusters that are resident, and the devices that were opened. */
function setUp(options: Partial<GpuFinderOptions> = {}) {
  const codes = plainCodes(scanBlocks(CODE_DIM, COUNTS, 9), CODE_DIM);
  const resident = new Set(COUNTS.keys());
  const devices: GPUDevice[] = [];
  const created = createGpuResidentFinder({
    codes,
    resident: () => [...resident],
    firstPlaces,
    rows: 1200,
    now: () => performance.now(),
    pause: nextTask,
    async openDevice() {
      const adapter = await findAdapter(true);
      if (adapter === null) return null;
      const device = await adapter.requestDevice();
      devices.push(device);
      return device;
    },
    shader: scanSource,
    leastRows: 500,
    choice: "gpu",
    ...options,
  });
  finder = created;
  const find = () => created.find([query], wanted, never);
  /** Asks until the graphics processor answers. */
  const found = async () => {
    await expect.poll(find, { timeout: 20_000 }).not.toBeNull();
    const result = await find();
    return result ?? expect.unreachable("it answered just now");
  };
  return { codes, resident, devices, find, found };
}

describe("what is resident, on the graphics processor", () => {
  test("is found as the kernel finds it, once it has been copied", async () => {
    const { codes, resident, find, found } = setUp();
    expect(await find()).toBeNull();
    const { clusters, best } = await found();
    expect(clusters).toEqual(resident);
    expect(best).toEqual([findPlainly(codes, [...resident], query, wanted)]);
  });

  test("follows what leaves the kernel's memory and what comes", async () => {
    const { codes, resident, found } = setUp();
    await found();
    const back = scanBlocks(CODE_DIM, COUNTS, 9)[2];
    codes.remove(2);
    resident.delete(2);
    const { clusters, best } = await found();
    expect(clusters).toEqual(new Set([0, 1, 3]));
    expect(best).toEqual([findPlainly(codes, [0, 1, 3], query, wanted)]);
    // There is no room for what comes back before the holes are many.
    if (back !== undefined) codes.add(2, back);
    resident.add(2);
    expect((await found()).clusters).toEqual(new Set([0, 1, 3]));
    codes.remove(1);
    resident.delete(1);
    await expect.poll(async () => (await found()).clusters).toEqual(new Set([0, 2, 3]));
  });

  test("is found in the clusters that are named, also where others come while a search waits for another", async () => {
    const { resident, find, found } = setUp();
    resident.delete(2);
    resident.delete(3);
    await found();
    resident.add(2).add(3);
    for (const result of await Promise.all([find(), find(), find()])) {
      const { clusters, best } = result ?? expect.unreachable("it answered before");
      expect(best.flat().every(({ block }) => clusters.has(block))).toBe(true);
    }
  });

  test("is left to the kernel when the device is lost, and found again on a new one", async () => {
    const { codes, devices, find, found } = setUp();
    await found();
    devices[0]?.destroy();
    expect(await find()).toBeNull();
    expect((await found()).best).toEqual([findPlainly(codes, [0, 1, 2, 3], query, wanted)]);
    expect(devices).toHaveLength(2);
    devices[1]?.destroy();
    expect(await find()).toBeNull();
    await nextTask();
    expect(await find()).toBeNull();
    expect(devices).toHaveLength(2);
  });

  test("is left to the kernel where there are few rows or no device", async () => {
    const few = setUp({ leastRows: 1201 });
    expect(await few.find()).toBeNull();
    expect(few.devices).toHaveLength(0);
    let asked = 0;
    const none = setUp({
      openDevice() {
        asked++;
        return Promise.resolve(null);
      },
    });
    for (let i = 0; i < 3; i++) expect(await none.find()).toBeNull();
    expect(asked).toBe(1);
  });

  test("is left to the kernel where a dry run shows it to be quicker", async () => {
    // This clock stands still while the kernel scans and goes on with every wait: the kernel takes no time.
    let time = 0;
    const { find, devices } = setUp({ choice: "measured", now: () => time });
    const ticking = setInterval(() => time++, 1);
    for (let i = 0; i < 20; i++) {
      expect(await find()).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    clearInterval(ticking);
    expect(devices).toHaveLength(1);
  });
});
