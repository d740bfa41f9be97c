import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { allocateShared } from "../../scripts/build-index/shared-memory.ts";

const CHUNK_BYTES = 2 ** 26;

describe("allocateShared", () => {
  it("has memory that nobody refers to any more given back before a second chunk of it is made", async () => {
    const kept = allocateShared(CHUNK_BYTES);
    const dropped = new WeakRef(allocateShared(CHUNK_BYTES));
    expect(dropped.deref()?.byteLength).toBe(CHUNK_BYTES);
    // A weak reference that was looked at holds on until the task ends.
    await setImmediate();
    allocateShared(CHUNK_BYTES);
    expect(dropped.deref()).toBeUndefined();
    expect(kept.byteLength).toBe(CHUNK_BYTES);
  });
});
