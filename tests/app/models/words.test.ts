import { describe, expect, it } from "vitest";
import type { ShelfJob } from "../../../src/app/models/create-model-shelf.ts";
import { makingWords } from "../../../src/app/models/making-words.ts";
import { packName } from "../../../src/app/models/pack-name.ts";
import { shelfAnnouncement } from "../../../src/app/models/shelf-announcement.ts";
import { addProgress, noProgress } from "../../../src/app/session/progress-view.ts";
import type { Progress } from "../../../src/core/progress.ts";

function making(...reports: readonly Progress[]): ShelfJob {
  const wanted = {
    id: "clip",
    name: "CLIP",
    request: { weights: { kind: "hub", id: "clip" }, adapter: null, mirror: null },
  } as const;
  return { kind: "making", wanted, progress: reports.reduce(addProgress, noProgress) };
}

const download = (loaded: number): Progress => ({
  phase: "download",
  item: "weights",
  loaded,
  total: 1000,
});
const convert = (loaded: number): Progress => ({
  phase: "convert",
  item: "vision",
  loaded,
  total: 1000,
});

describe("the words of the shelf", () => {
  it("speak of transfers by quarters, and of the conversion after the download", () => {
    expect(shelfAnnouncement(making())).toBe("Asking the server");
    expect(shelfAnnouncement(making(download(499)))).toBe("Download, 25 percent");
    expect(shelfAnnouncement(making(download(1000), convert(500)))).toBe("Converting, 50 percent");
    expect(shelfAnnouncement({ kind: "none" })).toBe("");
  });

  it("say in the page's head how far the making is, and nothing when none is made", () => {
    expect(makingWords(making())).toBe("CLIP");
    expect(makingWords(making(download(457)))).toBe("CLIP, 45 %");
    expect(makingWords(making(download(1000), convert(100)))).toBe("CLIP, 10 %");
    expect(makingWords({ kind: "none" })).toBeNull();
  });

  it("name a pack with its adapter", () => {
    expect(packName({ name: "CLIP", variants: { base: "CLIP", adapted: null } })).toBe("CLIP");
    expect(packName({ name: "CLIP", variants: { base: "CLIP", adapted: "PaintingCLIP" } })).toBe(
      "CLIP with PaintingCLIP",
    );
    expect(
      packName({ name: "CLIP", variants: { base: "CLIP", adapted: "with your adapter" } }),
    ).toBe("CLIP with your adapter");
  });
});
