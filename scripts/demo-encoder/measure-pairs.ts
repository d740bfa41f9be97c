import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Embedded, type Figure, rowScore, STREAM, stream } from "./embedded.ts";
import { twoWayAccuracy } from "./metrics.ts";
import { type CaptionPair, PAIR_KINDS, type PairKind, samplePair } from "./pairs.ts";

/** Enough for a standard error of 0.02, and few enough texts for a test. */
const MOST_PAIRS = 500;
const PAIR_GATES: Record<PairKind, number> = {
  leftRight: 0.75,
  aboveBelow: 0.75,
  relation: 0.75,
  colour: 0.75,
  tone: 0.97,
  temperature: 0.97,
};
const PAIR_NAMES: Record<PairKind, string> = {
  leftRight: "left or right",
  aboveBelow: "above or below",
  relation: "relation of two motifs",
  colour: "colour bound to its motif",
  tone: "light or dark",
  temperature: "warm or cold",
};

/** Two-way choices between a true caption and one changed in a single respect, by kind of change. */
export async function measurePairs(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [number, kind] of PAIR_KINDS.entries()) {
    const trials: { readonly index: number; readonly pair: CaptionPair }[] = [];
    for (const [index, scene] of embedded.scenes.entries()) {
      const pair = samplePair(scene, kind, stream(embedded, index, STREAM.pairs, number));
      if (pair !== null && trials.length < MOST_PAIRS) trials.push({ index, pair });
    }
    const score = async (side: "right" | "wrong"): Promise<number[]> => {
      const texts = (
        await encoder.encodeTexts(
          trials.map(({ pair }) => pair[side]),
          signal,
        )
      ).base;
      return trials.map(({ index }, row) => {
        const picture = (embedded.results[index] as VisionResult).whole.base;
        return rowScore(picture, texts, row);
      });
    };
    figures.push({
      name: `two-way choice, ${PAIR_NAMES[kind]}`,
      value: twoWayAccuracy(await score("right"), await score("wrong")),
      chance: 0.5,
      n: trials.length,
      gate: PAIR_GATES[kind],
    });
  }
  return figures;
}
