import { explainTexts } from "../../src/core/explain/maps.ts";
import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { MapMethod, ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { fullCaption, type MixedKind, mixedCaption, partCaption } from "./captions.ts";
import { hitCells, mean, peak, recallAtK, scoreMatrix, twoWayAccuracy } from "./metrics.ts";
import { type CaptionPair, PAIR_KINDS, type PairKind, samplePair } from "./pairs.ts";
import { pointingPhrase } from "./phrases.ts";
import { embedInProse } from "./prose.ts";
import { createRandom, mixSeed, type Random } from "./random.ts";
import { renderScene } from "./render.ts";
import { type Scene, sampleScene } from "./scene.ts";
import { PICTURE_SETS, type PictureSet } from "./sets.ts";
import { createTextureBank } from "./texture.ts";

/** One measured figure with what guessing gives. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly chance: number;
  /** Number of trials. */
  readonly n: number;
  /** The value that must be reached; null where the figure is only reported. */
  readonly gate: number | null;
}

/** Pictures and their scenes after one pass of the image tower. */
interface Embedded {
  readonly set: PictureSet;
  readonly scenes: readonly Scene[];
  readonly results: readonly VisionResult[];
}

/** Streams of the held-out captions; those of training have other numbers. */
const STREAM = { full: 3, mixed: 4, parts: 5, pointing: 6, pairs: 7, prose: 8, cells: 9 } as const;
const PART_KINDS: readonly MixedKind[] = ["relation", "partial", "global", "single"];
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
const MAP_NAMES: Record<MapMethod, string> = {
  "grad-eclip": "Grad-ECLIP",
  gradient: "Grad-ECLIP without λ",
  "value-path": "value path",
};

/**
 * Measures an encoder on the held-out pictures, drawn anew from their seeds, through the product's own graphs.
 *
 * @returns figures in the order of the model card
 */
export async function measureEncoder(
  encoder: NodeEncoder,
  signal: AbortSignal,
): Promise<readonly Figure[]> {
  const heldOut = await embedPictures(encoder, PICTURE_SETS.heldOut, signal);
  const shifted = await embedPictures(encoder, PICTURE_SETS.heldOutShifted, signal);
  return [
    ...(await measureRecall(encoder, heldOut, signal)),
    ...(await measurePointing(encoder, heldOut, signal)),
    ...(await measureCells(encoder, heldOut, signal)),
    ...(await measurePairs(encoder, heldOut, signal)),
    ...(await measureAdapter(encoder, heldOut, shifted, signal)),
  ];
}

async function embedPictures(
  encoder: NodeEncoder,
  set: PictureSet,
  signal: AbortSignal,
): Promise<Embedded> {
  const side = encoder.manifest.imageSize;
  const textures = createTextureBank(1);
  const scenes = Array.from({ length: set.count }, (_, index) => sampleScene(set.seed, index));
  const results: VisionResult[] = [];
  for (const scene of scenes) {
    const rgb = renderScene(scene, { width: side, height: side, style: set.style, textures });
    results.push(await encoder.encodeImage(rgb, signal));
  }
  return { set, scenes, results };
}

function stream({ set }: Embedded, index: number, ...parts: readonly number[]): Random {
  return createRandom(mixSeed(set.seed, index, ...parts));
}

function vectors({ results }: Embedded, variant: ModelVariant, dim: number): Float32Array {
  const all = new Float32Array(results.length * dim);
  results.forEach((result, index) => {
    all.set(result.whole[variant], index * dim);
  });
  return all;
}

async function recallFigures(
  encoder: NodeEncoder,
  embedded: Embedded,
  name: string,
  caption: (scene: Scene, index: number) => string,
  gates: Readonly<Record<number, number>>,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { dim } = encoder.manifest;
  const texts = (await encoder.encodeTexts(embedded.scenes.map(caption), signal)).base;
  const scores = scoreMatrix(vectors(embedded, "base", dim), texts, dim);
  const n = embedded.scenes.length;
  return [1, 10].flatMap((k) =>
    (["rows", "columns"] as const).map((query) => ({
      name: `${name}, recall@${k}, ${query === "rows" ? "picture to text" : "text to picture"}`,
      value: recallAtK(scores, k, query),
      chance: k / n,
      n,
      gate: gates[k] ?? null,
    })),
  );
}

async function measureRecall(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const full = (scene: Scene, index: number): string =>
    fullCaption(scene, stream(embedded, index, STREAM.full));
  const mixed = (scene: Scene, index: number): string =>
    mixedCaption(scene, stream(embedded, index, STREAM.mixed));
  const prose = (scene: Scene, index: number): string =>
    embedInProse(full(scene, index), stream(embedded, index, STREAM.prose));
  const figures = [
    ...(await recallFigures(
      encoder,
      embedded,
      "full captions",
      full,
      { 1: 0.45, 10: 0.9 },
      signal,
    )),
    ...(await recallFigures(encoder, embedded, "mixed captions", mixed, { 10: 0.65 }, signal)),
    ...(await recallFigures(encoder, embedded, "full captions inside prose", prose, {}, signal)),
  ];
  for (const [part, kind] of PART_KINDS.entries()) {
    const caption = (scene: Scene, index: number): string =>
      partCaption(scene, kind, stream(embedded, index, STREAM.parts, part));
    figures.push(
      ...(await recallFigures(encoder, embedded, `${kind} captions`, caption, {}, signal)),
    );
  }
  return figures;
}

async function measurePointing(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { grid, dim } = encoder.manifest;
  const trials = embedded.scenes.flatMap((scene, index) => {
    const motif = scene.motifs[index % Math.max(1, scene.motifs.length)];
    if (motif === undefined) return [];
    const same = scene.motifs.filter(
      ({ name, colour }) => name === motif.name && colour === motif.colour,
    );
    const phrase = pointingPhrase(motif, stream(embedded, index, STREAM.pointing));
    const cells = hitCells(
      same.map(({ box }) => box),
      grid,
    );
    return [{ index, phrase, cells, hasSeveral: scene.motifs.length >= 2 }];
  });
  const texts = (
    await encoder.encodeTexts(
      trials.map(({ phrase }) => phrase),
      signal,
    )
  ).base;
  const methods = Object.keys(MAP_NAMES) as MapMethod[];
  return methods.flatMap((method) => {
    const hits = trials.map(({ index, cells }, row) => {
      const { explanation } = embedded.results[index] as VisionResult;
      const text = texts.subarray(row * dim, (row + 1) * dim);
      return cells[peak(explainTexts(explanation, text, "base", method))] === true;
    });
    const figure = (name: string, gate: number, keep: (trial: number) => boolean): Figure => {
      const rows = trials.flatMap((_, row) => (keep(row) ? [row] : []));
      return {
        name: `pointing game, ${MAP_NAMES[method]}, ${name}`,
        value: mean(rows.map((row) => hits[row] === true)),
        chance: mean(rows.map((row) => mean(trials[row]?.cells ?? []))),
        n: rows.length,
        gate: method === "grad-eclip" ? gate : null,
      };
    };
    return [
      figure("all pictures", 0.75, () => true),
      figure("two or more motifs", 0.65, (row) => trials[row]?.hasSeveral === true),
    ];
  });
}

/**
 * Asks single cells: does the cell at the centre of a motif's box answer to that motif's phrase more than to the phrase
 * of another motif of the picture?
 */
async function measureCells(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { grid, dim } = encoder.manifest;
  const trials = embedded.scenes.flatMap((scene, index) => {
    const [own, other] = scene.motifs;
    if (!own || !other || (own.name === other.name && own.colour === other.colour)) return [];
    const [left, top, right, bottom] = own.box;
    const column = Math.floor(((left + right) / 2) * grid);
    const row = Math.floor(((top + bottom) / 2) * grid);
    const random = stream(embedded, index, STREAM.cells);
    const phrases = [pointingPhrase(own, random), pointingPhrase(other, random)] as const;
    return [{ index, cell: row * grid + column, phrases }];
  });
  const score = async (phrase: 0 | 1): Promise<number[]> => {
    const asked = trials.map(({ phrases }) => phrases[phrase]);
    const texts = (await encoder.encodeTexts(asked, signal)).base;
    return trials.map(({ index, cell }, row) => {
      const { patches } = embedded.results[index] as VisionResult;
      const vector = patches.base.subarray(cell * dim, (cell + 1) * dim);
      const text = texts.subarray(row * dim, (row + 1) * dim);
      return vector.reduce((sum, value, d) => sum + value * (text[d] as number), 0);
    });
  };
  const value = twoWayAccuracy(await score(0), await score(1));
  const name = "single cell, own motif or another";
  return [{ name, value, chance: 0.5, n: trials.length, gate: 0.8 }];
}

async function measurePairs(
  encoder: NodeEncoder,
  embedded: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { dim } = encoder.manifest;
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
        const text = texts.subarray(row * dim, (row + 1) * dim);
        return picture.reduce((sum, value, d) => sum + value * (text[d] as number), 0);
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

/** Recall@10 of full captions, the mean of both directions, under both variants of the model. */
async function measureAdapter(
  encoder: NodeEncoder,
  heldOut: Embedded,
  shifted: Embedded,
  signal: AbortSignal,
): Promise<Figure[]> {
  const { dim } = encoder.manifest;
  const recall = async (embedded: Embedded): Promise<Record<ModelVariant, number>> => {
    const captions = embedded.scenes.map((scene, index) =>
      fullCaption(scene, stream(embedded, index, STREAM.full)),
    );
    const texts = await encoder.encodeTexts(captions, signal);
    const under = (variant: ModelVariant): number => {
      const scores = scoreMatrix(vectors(embedded, variant, dim), texts[variant], dim);
      return (recallAtK(scores, 10, "rows") + recallAtK(scores, 10, "columns")) / 2;
    };
    return { base: under("base"), adapted: under("adapted") };
  };
  const old = await recall(heldOut);
  const ink = await recall(shifted);
  const n = shifted.scenes.length;
  const figure = (name: string, value: number, gate: number | null = null): Figure => ({
    name,
    value,
    chance: 10 / n,
    n,
    gate,
  });
  return [
    figure("ink drawings, recall@10, base", ink.base),
    figure("ink drawings, recall@10, adapted", ink.adapted),
    {
      ...figure("ink drawings, recall@10, gain by the adapter", ink.adapted - ink.base, 0.15),
      chance: 0,
    },
    figure("painted pictures, recall@10, base", old.base),
    figure("painted pictures, recall@10, adapted", old.adapted),
  ];
}
