import { explainTexts } from "../../src/core/explain/maps.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import type { MapMethod } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import {
  type CurveAreas,
  measureCurves,
  orderOfCells,
  pairedGain,
} from "../measure-maps/perturbation.ts";
import { drawPicture, type Embedded, type Figure, STREAM, stream } from "./embedded.ts";
import { mean } from "./metrics.ts";
import { pointingPhrase } from "./phrases.ts";

/** Pictures that are taken apart: every one costs 32 passes of the tower. */
const PICTURES = 200;
/** Equal steps of a curve: about twelve of 49 cells each. */
const STEPS = 4;

/** What is measured, best first by expectation: the three maps that the page offers, and what a map must beat. */
const ORDERS = {
  "grad-eclip": "Grad-ECLIP",
  gradient: "Grad-ECLIP without λ",
  "value-path": "value path",
  attention: "raw attention",
  random: "random order",
} as const;
type OrderName = keyof typeof ORDERS;
const BASELINES = ["random", "attention"] as const satisfies readonly OrderName[];

/**
 * Deletion and insertion curves of the maps for a motif's phrase, against a random order and the class token's raw
 * attention. Every map must be better than both: the lower end of the 95 % interval of the paired gain is gated at zero.
 */
export async function measureDeletion(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { grid, dim } = encoder.manifest;
  const trials = embedded.scenes
    .flatMap((scene, index) => {
      const motif = scene.motifs[index % Math.max(1, scene.motifs.length)];
      if (motif === undefined) return [];
      return [{ index, phrase: pointingPhrase(motif, stream(embedded, index, STREAM.pointing)) }];
    })
    .slice(0, PICTURES);
  const phrases = trials.map(({ phrase }) => phrase);
  const texts = (await encoder.encodeTexts(phrases, signal)).base;
  const measured: ReadonlyMap<string, CurveAreas>[] = [];
  for (const [row, { index }] of trials.entries()) {
    const result = embedded.results[index];
    if (result === undefined) throw new RangeError(`picture ${index} is not embedded`);
    const text = texts.subarray(row * dim, (row + 1) * dim);
    const cells = Array.from({ length: grid * grid }, (_, cell) => cell);
    const random = stream(embedded, index, STREAM.curves).shuffle(cells);
    const ofMap = (method: MapMethod): number[] =>
      orderOfCells(explainTexts(result.explanation, text, "base", method), random);
    const orders: Record<OrderName, readonly number[]> = {
      "grad-eclip": ofMap("grad-eclip"),
      gradient: ofMap("gradient"),
      "value-path": ofMap("value-path"),
      attention: orderOfCells(result.attention, random),
      random,
    };
    const picture = {
      patches: toPatches(drawPicture(encoder, embedded, index), encoder.manifest),
      count: grid * grid,
      text,
      embed: async (patches: Float32Array) =>
        (await encoder.encodePatches(patches, signal)).whole.base,
    };
    measured.push(await measureCurves(picture, orders, STEPS));
  }
  const areas = (order: OrderName, curve: keyof CurveAreas): number[] =>
    measured.map((curves) => curves.get(order)?.[curve] ?? Number.NaN);
  return (["deletion", "insertion"] as const).flatMap((curve) => {
    const chance = mean(areas("random", curve));
    const own = (Object.keys(ORDERS) as OrderName[]).map((order) => ({
      name: `${curve} curve, area, ${ORDERS[order]}`,
      value: mean(areas(order, curve)),
      chance,
      n: measured.length,
      gate: null,
    }));
    const gains = BASELINES.map((baseline) => {
      const [map, other] = [areas("grad-eclip", curve), areas(baseline, curve)];
      const { lower } = curve === "deletion" ? pairedGain(other, map) : pairedGain(map, other);
      return {
        name: `${curve} curve, Grad-ECLIP better than ${ORDERS[baseline]} by at least`,
        value: lower,
        chance: 0,
        n: measured.length,
        gate: 0,
      };
    });
    return [...own, ...gains];
  });
}
