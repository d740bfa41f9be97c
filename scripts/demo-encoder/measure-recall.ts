import type { ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { fullCaption, type MixedKind, mixedCaption, partCaption } from "./captions.ts";
import { type Embedded, type Figure, STREAM, stream, vectors } from "./embedded.ts";
import { recallAtK, scoreMatrix } from "./metrics.ts";
import { embedInProse } from "./prose.ts";
import type { Scene } from "./scene.ts";

const PART_KINDS: readonly MixedKind[] = ["relation", "partial", "global", "single"];

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

/** Recall of full, mixed and partial captions, and of full ones that stand inside prose. */
export async function measureRecall(
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

/** Recall@10 of full captions, the mean of both directions, under both variants of the model. */
export async function measureAdapter(
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
