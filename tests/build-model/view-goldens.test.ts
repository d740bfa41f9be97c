import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { type NodeEncoder, openPackInNode } from "../../scripts/build-model/node-sessions.ts";
import { readPackSources } from "../../scripts/build-model/read-sources.ts";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { explainView } from "../../src/core/explain/explain-view.ts";
import { borderColour, frameFromPixels } from "../../src/core/image/preprocess.ts";
import { type EmbeddedView, embedView } from "../../src/core/model/embed-view.ts";
import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";
import { planRegion, planView, type ViewPlan } from "../../src/core/view/plan-view.ts";
import type { EncodeOptions, Rect } from "../../src/core/view/view.ts";
import { formulaPicture } from "../core/image/formula-picture.ts";
import { relativeMapError, worstCosineDistance } from "../reference/compare.ts";
import { readClipGolden, referencePath } from "../reference/read-golden.ts";

/*
 * The goldens are made by make_view_goldens.py: Pillow cuts, transformers embeds with interpolated positions, numpy merges.
 */

/** Greatest cosine distance of float32 vectors to the reference's; those of cells are stored as halves (3.3e-8 measured). */
const EMBEDDING_TOLERANCE = 1e-6;
/** Greatest difference of a map to the reference's, relative to its maximum (2.2e-5 measured). */
const MAP_TOLERANCE = 1e-4;
/** Every so many-th cell is stored. */
const CELL_STEP = 7;
const METHODS = ["grad-eclip", "gradient", "value-path"] as const;
const VARIANTS = ["base", "adapted"] as const;

const signal = new AbortController().signal;
const temporary = mkdtempSync(join(tmpdir(), "view-packs-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const whole: EncodeOptions = { framing: { kind: "whole" }, fineness: 1 };
const tiles: EncodeOptions = { framing: { kind: "tiles" }, fineness: 1 };
const finer: EncodeOptions = { framing: { kind: "centre" }, fineness: 2 };

/** The pictures and parts of make_view_goldens.py; `rect` is a part whose square is the one that is stored there. */
const models = [
  {
    name: "tiny-clip",
    weights: referencePath("goldens/tiny-clip"),
    width: 83,
    height: 45,
    rect: { x: 20, y: 10, width: 31, height: 17 },
    views: { finer, whole, tiles, "finer-tiles": { ...tiles, fineness: 2 } },
  },
  {
    name: "demo-encoder",
    weights: fileURLToPath(new URL("../../data/demo-encoder", import.meta.url)),
    width: 301,
    height: 171,
    rect: { x: 115.2, y: 20, width: 60.7, height: 111 },
    views: { finer, whole, tiles },
  },
] as const satisfies readonly {
  name: string;
  weights: string;
  width: number;
  height: number;
  rect: Rect;
  views: Readonly<Record<string, EncodeOptions>>;
}[];

async function openPack(name: string, weights: string): Promise<NodeEncoder> {
  const folder = join(temporary, name);
  const sources = await readPackSources(weights, join(weights, "adapter"), signal);
  const options = { storage: "f32", name, baseName: "Base", adaptedName: "Adapted" } as const;
  await writePack(sources, options, folder, () => {}, signal);
  return openPackInNode(folder);
}

describe.each(models)("views of $name against Pillow, transformers and numpy", (model) => {
  const { name, weights, width, height, rect, views } = model;
  const file = referencePath(`goldens/views-${name}.safetensors`);
  const tensors = parseSafetensors(new Uint8Array(readFileSync(file)), file);
  const golden = (key: string): Float32Array<ArrayBuffer> => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new Error(`no golden ${key}`);
    return readTensor(tensor);
  };
  const rgb = formulaPicture(width, height);
  let encoder: Promise<NodeEncoder> | null = null;
  const open = (): Promise<NodeEncoder> => {
    encoder ??= openPack(name, weights);
    return encoder;
  };

  const embed = async (plan: ViewPlan): Promise<EmbeddedView> => {
    const opened = await open();
    const border = borderColour(opened.manifest.imageMean);
    const results = [];
    for (const frame of plan.frames) {
      const square = frameFromPixels(rgb, width, height, frame, border);
      results.push(await opened.encodeImage(square, signal));
    }
    return embedView(plan, results, opened.manifest.dim);
  };

  it.each([...Object.keys(views), "region"])(
    "%s: vectors of the whole and of the cells, and all maps, under both variants",
    async (view) => {
      const { manifest } = await open();
      const options = Object.entries(views).find(([key]) => key === view)?.[1];
      const plan =
        options === undefined
          ? planRegion(width, height, rect, 1, manifest)
          : planView(width, height, options, manifest);
      const embedded = await embed(plan);
      const cells = plan.view.rows * plan.view.columns;
      const texts = readClipGolden(name);
      for (const variant of VARIANTS) {
        const all = embedded.patches[variant];
        expect(all).toHaveLength(cells * manifest.dim);
        const every = Array.from({ length: Math.ceil(cells / CELL_STEP) }, (_, index) =>
          all.subarray(index * CELL_STEP * manifest.dim, (index * CELL_STEP + 1) * manifest.dim),
        );
        const stored = Float32Array.from(every.flatMap((row) => [...row]));
        const wholeError = worstCosineDistance(
          golden(`${view}.whole.${variant}`),
          embedded.whole[variant],
          manifest.dim,
        );
        expect(wholeError).toBeLessThan(EMBEDDING_TOLERANCE);
        const cellError = worstCosineDistance(
          golden(`${view}.cells.${variant}`),
          stored,
          manifest.dim,
        );
        expect(cellError).toBeLessThan(EMBEDDING_TOLERANCE);
        const vectors = texts.tensor(`texts.${variant}`).subarray(0, 2 * manifest.dim);
        for (const method of METHODS) {
          const maps = explainView(embedded.explanation, vectors, variant, method);
          const expected = golden(`${view}.${method}.${variant}`);
          expect(maps).toHaveLength(expected.length);
          for (let start = 0; start < maps.length; start += cells) {
            const error = relativeMapError(
              expected.subarray(start, start + cells),
              maps.subarray(start, start + cells),
            );
            expect(error).toBeLessThan(MAP_TOLERANCE);
          }
        }
      }
    },
  );
});
