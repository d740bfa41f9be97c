import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { canonicalShapes } from "../../src/core/model/canonical.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import { toHalves } from "../../src/core/model/half.ts";
import { transpose } from "../../src/core/model/layers.ts";
import { referencePath } from "../reference/read-golden.ts";
import { seededTensor } from "./seeded-clip.ts";

/** Where weights were cut out of an exported file: offset and length in bytes, canonical tensor, whether turned. */
type Hole = readonly [number, number, string, boolean];

interface HubExports {
  readonly seed: number;
  readonly files: Readonly<
    Record<
      string,
      { readonly bytes: number; readonly sha256: string; readonly holes: readonly Hole[] }
    >
  >;
}

function readExports(): HubExports {
  return JSON.parse(readFileSync(referencePath("onnx-exports/true-size/exports.json"), "utf8"));
}

/** The seed of the weights in every {@link hubExport}. */
export const HUB_EXPORT_SEED = 1;

/** Size and SHA-256 of the file that {@link hubExport} gives, without making it. */
export function hubExportDigest(
  which: "vision" | "text",
  type: "f32" | "f16",
): { readonly bytes: number; readonly sha256: string } {
  const described = readExports().files[`${which}-${type}`];
  if (described === undefined) throw new Error(`no export of ${which} in ${type}`);
  return described;
}

/**
 * A tower of the true ViT-B/32 size as the public repository's ONNX file, byte by byte as Optimum wrote it from seeded
 * weights (`seededModel(readClipConfig({}), HUB_EXPORT_SEED)`): the committed skeleton with its weights filled in. About
 * 350 and 250 MB in float32, half of that in halves; one to two seconds.
 */
export function hubExport(
  which: "vision" | "text",
  type: "f32" | "f16",
): Promise<Uint8Array<ArrayBuffer>> {
  const exports = readExports();
  const described = exports.files[`${which}-${type}`];
  if (described === undefined) throw new Error(`no export of ${which} in ${type}`);
  const skeleton = gunzipSync(
    readFileSync(referencePath(`onnx-exports/true-size/${which}-${type}.skeleton.gz`)),
  );
  const shapes = canonicalShapes(readClipConfig({}));
  const file = new Uint8Array(described.bytes);
  let taken = 0;
  let position = 0;
  for (const [start, length, name, turned] of described.holes) {
    file.set(skeleton.subarray(taken, taken + start - position), position);
    taken += start - position;
    const shape = shapes.get(name) ?? [];
    const values = seededTensor(name, shape, exports.seed);
    const laidOut = turned ? transpose(values, shape[0] ?? 0, shape[1] ?? 0) : values;
    const stored = type === "f16" ? toHalves(laidOut) : laidOut;
    file.set(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength), start);
    position = start + length;
  }
  file.set(skeleton.subarray(taken), position);
  return Promise.resolve(file);
}
