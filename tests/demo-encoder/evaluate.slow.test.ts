import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Figure } from "../../scripts/demo-encoder/embedded.ts";
import { measureEncoder } from "../../scripts/demo-encoder/measure.ts";
import { openDemoEncoder } from "../../scripts/demo-encoder/open-demo-encoder.ts";

/** Two thousand pictures and some fifteen thousand texts on one thread. */
const LONGEST_MS = 600_000;

describe("the committed demo encoder, through the product's own graphs", () => {
  const folder = mkdtempSync(join(tmpdir(), "demo-encoder-"));
  let figures: readonly Figure[] = [];

  beforeAll(async () => {
    const signal = new AbortController().signal;
    figures = await measureEncoder(await openDemoEncoder(folder, "q8", signal), signal);
  }, LONGEST_MS);

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("reaches every gate of its model card", () => {
    const missed = figures.filter(({ value, gate }) => gate !== null && value < gate);
    expect(missed).toEqual([]);
    expect(figures.filter(({ gate }) => gate !== null).length).toBe(20);
  });

  it("measures on enough trials for its gates to mean something", () => {
    for (const { n, gate } of figures) {
      if (gate !== null) expect(n).toBeGreaterThanOrEqual(200);
    }
  });
});
