import { explainTexts } from "../../src/core/explain/maps.ts";
import type { MapMethod, ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Check, holds } from "./check.ts";
import type { Answers } from "./check-answers.ts";

const METHODS: readonly MapMethod[] = ["grad-eclip", "gradient", "value-path"];
const VARIANTS: readonly ModelVariant[] = ["base", "adapted"];
/** A map whose maximum is less than this times its mean shows everything alike. */
const LEAST_PEAK = 1.1;
/** Least share of maps with any evidence: a text may well have nothing to do with a picture, but not every text. */
const LEAST_SHOWN = 0.5;

/** Checks that the maps of all pictures and texts have numbers, that most show something, and not everything alike. */
export function checkMaps(
  { manifest }: NodeEncoder,
  { pictures, texts }: Answers,
): readonly Check[] {
  if (texts === null) return [];
  const cells = manifest.grid ** 2;
  const spreads = pictures.map(
    ({ explanation: { lambda } }) => Math.max(...lambda) - Math.min(...lambda),
  );
  const checks = METHODS.map((method) => {
    let shown = 0;
    let count = 0;
    const peaks: number[] = [];
    for (const variant of VARIANTS) {
      for (const { explanation } of pictures) {
        const maps = explainTexts(explanation, texts[variant], variant, method);
        for (let start = 0; start < maps.length; start += cells) {
          const map = maps.subarray(start, start + cells);
          const total = map.reduce((sum, value) => sum + value, 0);
          count += 1;
          if (!(total > 0)) continue;
          shown += 1;
          peaks.push((Math.max(...map) * cells) / total);
        }
      }
    }
    peaks.sort((left, right) => left - right);
    const median = peaks[peaks.length >> 1] ?? 0;
    return holds(
      `maps, ${method}`,
      shown >= LEAST_SHOWN * count && median >= LEAST_PEAK,
      `${shown} of ${count} show evidence; the strongest cell has ${median.toFixed(1)} times the mean (median)`,
    );
  });
  const least = Math.min(...spreads);
  return [
    ...checks,
    holds("λ tells cells apart", least > 1e-4, `spread of the cosines from ${least.toFixed(3)}`),
  ];
}
