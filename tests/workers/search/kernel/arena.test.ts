import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../../src/core/search/seeded-random.ts";
import { createArena } from "../../../../workers/search/kernel/arena.ts";

const PAGE = 65_536;

describe("an arena", () => {
  it("never hands out a byte twice, aligned, and has everything back in the end", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = createArena(memory, 1000, 64 * PAGE);
    const random = createSeededRandom(4);
    const held: { address: number; bytes: number }[] = [];
    for (let round = 0; round < 3000; round++) {
      const taken = random() < 0.55 ? null : held.splice(Math.floor(random() * held.length), 1)[0];
      if (taken) {
        arena.free(taken.address, taken.bytes);
        continue;
      }
      const bytes = Math.floor(random() * 6000);
      const address = arena.allocate(bytes);
      if (address === null) continue;
      expect(address % 16).toBe(0);
      expect(address).toBeGreaterThanOrEqual(1000);
      expect(address + bytes).toBeLessThanOrEqual(memory.buffer.byteLength);
      const meets = held.some(
        (other) => address < other.address + other.bytes && other.address < address + bytes,
      );
      expect(meets).toBe(false);
      held.push({ address, bytes });
    }
    expect(held.length).toBeGreaterThan(100);
    for (const { address, bytes } of held) arena.free(address, bytes);
    const size = memory.buffer.byteLength;
    expect(arena.allocate(size - 1008)).toBe(1008);
    expect(memory.buffer.byteLength).toBe(size);
  });

  it("grows up to its limit, then says that there is no more", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = createArena(memory, 0, 3 * PAGE);
    expect(arena.allocate(2 * PAGE)).not.toBeNull();
    expect(arena.allocate(PAGE)).not.toBeNull();
    expect(arena.allocate(1)).toBeNull();
  });

  it("says so where the memory itself ends", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 2 });
    const arena = createArena(memory, 0, 64 * PAGE);
    expect(arena.allocate(2 * PAGE)).toBe(0);
    expect(arena.allocate(16)).toBeNull();
  });

  it("shows the memory that it has after it has grown", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = createArena(memory, 0, 64 * PAGE);
    arena.views().u8[5] = 7;
    arena.allocate(2 * PAGE);
    expect(arena.views().u8[5]).toBe(7);
    expect(new Uint8Array(arena.views().f32.buffer)[5]).toBe(7);
    expect(arena.views().u8.length).toBe(memory.buffer.byteLength);
  });
});
