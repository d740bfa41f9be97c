import { describe, expect, it } from "vitest";
import { addProgress, downloadTotals, noProgress } from "../../../src/app/session/progress-view.ts";
import type { Progress } from "../../../src/core/progress.ts";

const download = (item: string, loaded: number, total: number): Progress => ({
  phase: "download",
  item,
  loaded,
  total,
});

describe("addProgress", () => {
  it("adds up all downloads and never runs backwards or past the end", () => {
    const view = [
      download("model", 400, 1000),
      download("router", 50, 100),
      download("model", 300, 1000),
      download("router", 500, 100),
    ].reduce(addProgress, noProgress);
    expect(downloadTotals(view)).toEqual({ loaded: 500, total: 1100 });
  });

  it("shows the newest step beside the downloads", () => {
    const view = addProgress(addProgress(noProgress, download("model", 1, 2)), {
      phase: "step",
      step: "self-test",
    });
    expect(view.step).toBe("self-test");
    expect(downloadTotals(view)).toEqual({ loaded: 1, total: 2 });
  });
});
