import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Progress } from "../../../src/core/progress.ts";
import { createByteProgress } from "../../../workers/byte-progress.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

it("adds files up, ten reports a second, with one total and no step backwards", () => {
  const seen: Progress[] = [];
  const bar = createByteProgress([1000, 200], "model", (progress) => seen.push(progress));
  for (let loaded = 0; loaded <= 1000; loaded += 10) {
    bar.set(0, loaded);
    vi.advanceTimersByTime(10);
  }
  bar.set(1, 50_000);
  bar.finish();
  expect(seen.length).toBeGreaterThanOrEqual(10);
  expect(seen.length).toBeLessThanOrEqual(13);
  expect(seen.every((p) => p.phase === "download" && p.item === "model" && p.total === 1200)).toBe(
    true,
  );
  const loaded = seen.map((p) => (p.phase === "download" ? p.loaded : -1));
  expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  expect(loaded.at(-1)).toBe(1200);
});
