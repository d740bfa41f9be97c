import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonicalShapes } from "../../src/core/model/canonical.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import { referencePath } from "../reference/read-golden.ts";
import { RANDOM_CLIP_CONFIG } from "./random-clip.ts";
import { seededAdapter, seededModel, seededTensor } from "./seeded-clip.ts";

/** What tests/reference/make_seeded_goldens.py recorded. */
interface Digests {
  readonly seed: number;
  readonly tensors: readonly { name: string; shape: number[]; sha256: string }[];
}
const golden = JSON.parse(
  readFileSync(referencePath("goldens/seeded-tensors.json"), "utf8"),
) as Digests;

describe("the seeded weights", () => {
  it.each(golden.tensors)("are bit for bit those of numpy: $name", ({ name, shape, sha256 }) => {
    const values = seededTensor(name, shape, golden.seed);
    expect(createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex")).toBe(sha256);
  });

  it("exist for every tensor of every shape, and are finite", () => {
    const config = readClipConfig(RANDOM_CLIP_CONFIG);
    for (const [name, shape] of canonicalShapes(config)) {
      const values = seededTensor(name, shape, 3);
      expect(values.length).toBe(shape.reduce((product, side) => product * side, 1));
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect([...seededModel(config, 3).shapes.keys()]).toEqual([...canonicalShapes(config).keys()]);
    expect([...seededAdapter(config, 3).keys()]).toEqual(["visual_projection", "text_projection"]);
  });

  it("have the mean and the deviation of their kind, and differ by seed and by name", () => {
    const weights = (name: string, seed: number): Float32Array =>
      seededTensor(`vision_model.encoder.layers.${name}.weight`, [768, 768], seed);
    const values = weights("0.mlp.fc1", 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(2e-4);
    expect(Math.sqrt(square) * Math.sqrt(768)).toBeCloseTo(1.3, 2);
    for (const other of [weights("0.mlp.fc1", 2), weights("1.mlp.fc1", 1)]) {
      const product = values.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      expect(Math.abs(product / (values.length * square))).toBeLessThan(0.01);
    }
  });
});
