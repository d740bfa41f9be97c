import { explainTexts } from "../../src/core/explain/maps.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import type { MapMethod } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { createRandom } from "../demo-encoder/random.ts";
import { type CurveAreas, measureCurves, orderOfCells } from "../measure-maps/perturbation.ts";
import { modelView } from "./read-picture.ts";
import type { Sample } from "./samples.ts";

const METHODS: readonly MapMethod[] = ["grad-eclip", "gradient", "value-path"];
/** Equal steps of a curve, as for the demo encoder. */
const STEPS = 4;
const SEED = 1;

/** Mean areas under the curves of one order of cells. */
export interface CurveRow extends CurveAreas {
  readonly order: string;
}

/**
 * Deletion and insertion curves of the three maps on some pictures for their own descriptions, beside a random order and
 * the class token's raw attention; see measure-maps/perturbation.ts. A picture costs 32 passes of the tower.
 *
 * @param onPicture called when another picture is done
 */
export async function measureSampleCurves(
  encoder: NodeEncoder,
  samples: readonly Sample[],
  onPicture: (done: number) => void,
  signal: AbortSignal,
): Promise<readonly CurveRow[]> {
  const { manifest } = encoder;
  const count = manifest.grid ** 2;
  const random = createRandom(SEED);
  const texts = (
    await encoder.encodeTexts(
      samples.map(({ text }) => text),
      signal,
    )
  ).base;
  const sums = new Map<string, CurveAreas>();
  for (const [index, { picture }] of samples.entries()) {
    const rgb = modelView(picture, manifest.imageSize);
    const result = await encoder.encodeImage(rgb, signal);
    const text = texts.subarray(index * manifest.dim, (index + 1) * manifest.dim);
    const chance = random.shuffle(Array.from({ length: count }, (_, cell) => cell));
    const orders = Object.fromEntries([
      ...METHODS.map((method) => [
        method,
        orderOfCells(explainTexts(result.explanation, text, "base", method), chance),
      ]),
      ["raw attention", orderOfCells(result.attention, chance)],
      ["random", chance],
    ]);
    const embed = async (patches: Float32Array) =>
      (await encoder.encodePatches(patches, signal)).whole.base;
    const curves = await measureCurves(
      { patches: toPatches(rgb, manifest), count, text, embed },
      orders,
      STEPS,
    );
    for (const [order, { deletion, insertion }] of curves) {
      const sum = sums.get(order);
      sums.set(order, {
        deletion: (sum?.deletion ?? 0) + deletion / samples.length,
        insertion: (sum?.insertion ?? 0) + insertion / samples.length,
      });
    }
    onPicture(index + 1);
  }
  return Array.from(sums, ([order, areas]) => ({ order, ...areas }));
}

/** The areas as a table. */
export function formatCurves(rows: readonly CurveRow[]): string {
  const width = Math.max(...rows.map(({ order }) => order.length));
  return [
    `${"order of cells".padEnd(width)}  deletion (low is good)  insertion (high is good)`,
    ...rows.map(
      ({ order, deletion, insertion }) =>
        `${order.padEnd(width)}  ${deletion.toFixed(4).padStart(22)}  ${insertion.toFixed(4).padStart(24)}`,
    ),
  ].join("\n");
}
