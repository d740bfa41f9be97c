import { describe, expect, it } from "vitest";
import { canonicalShapes, towerOf } from "../../../src/core/model/canonical.ts";
import { readClipConfig } from "../../../src/core/model/clip-config.ts";
import type { WeightStorage } from "../../../src/core/model/pack-manifest.ts";
import { packPartBytes } from "../../../src/core/model/pack-size.ts";
import { planTextPieces, planTextTower } from "../../../src/core/model/text-tower.ts";
import { planTrunkPieces, planVisionTrunk } from "../../../src/core/model/vision-trunk.ts";
import { alignData } from "../../../src/core/model/weight-layout.ts";

const base32 = readClipConfig({});
const base16 = readClipConfig({ vision_config: { patch_size: 16 } });
const large14 = readClipConfig({
  projection_dim: 768,
  vision_config: {
    hidden_size: 1024,
    intermediate_size: 4096,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    patch_size: 14,
  },
  text_config: { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12 },
});
const RANK = 16;

describe("the size of a pack, by its layout", () => {
  it("lets a picture be embedded by CLIP ViT-B/32 and PaintingCLIP after at most 105 MB in q8", () => {
    const bytes = packPartBytes("vision", base32, "q8", RANK);
    expect(bytes).toBeLessThan(105e6);
    expect(bytes).toBeGreaterThan(100e6);
  });

  it.each([
    ["ViT-B/32", base32],
    ["ViT-B/16", base16],
    ["ViT-L/14", large14],
  ])("of %s is what its parameters need: 4 bytes, 2, or about 1.1 each", (_, config) => {
    for (const part of ["vision", "text"] as const) {
      const parameters = [...canonicalShapes(config)]
        .filter(([name]) => towerOf(name) === part)
        .reduce((sum, [, shape]) => sum + shape.reduce((product, side) => product * side, 1), 0);
      const perParameter = (storage: WeightStorage) =>
        packPartBytes(part, config, storage, RANK) / parameters;
      expect(perParameter("f32")).toBeGreaterThan(4);
      expect(perParameter("f32")).toBeLessThan(4.1);
      expect(perParameter("f16")).toBeGreaterThan(2);
      expect(perParameter("f16")).toBeLessThan(2.07);
      expect(perParameter("q8")).toBeGreaterThan(1);
      expect(perParameter("q8")).toBeLessThan(1.2);
    }
  });
});

describe.each(["q8", "f16", "f32"] as const)("the layout of weights in %s", (storage) => {
  it.each([
    ["trunk", planVisionTrunk(large14, storage), planTrunkPieces(large14, storage)],
    ["text tower", planTextTower(large14, storage), planTextPieces(large14, storage)],
  ])("of the %s is the layouts of its pieces, one after another", (_, whole, pieces) => {
    let start = 0;
    const runs = pieces.flatMap((piece) => {
      const first = alignData(start);
      start = first + piece.dataBytes;
      return piece.runs.map(({ tensors, offset, bytes }) => [tensors, first + offset, bytes]);
    });
    expect(runs).toEqual(whole.runs.map(({ tensors, offset, bytes }) => [tensors, offset, bytes]));
    expect(start).toBe(whole.dataBytes);
  });

  it("gives every tensor of the trunk one place, aligned, without overlaps", () => {
    const { runs, dataBytes } = planVisionTrunk(large14, storage);
    const tensors = runs.flatMap((run) => run.tensors);
    expect(new Set(tensors).size).toBe(tensors.length);
    let end = 0;
    for (const { offset, bytes } of runs) {
      expect(offset % 64).toBe(0);
      expect(offset - end).toBeGreaterThanOrEqual(0);
      expect(offset - end).toBeLessThan(64);
      end = offset + bytes;
    }
    expect(end).toBe(dataBytes);
  });
});
