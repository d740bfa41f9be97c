import { explainTexts } from "../../src/core/explain/maps.ts";
import type { VisionResult } from "../../src/core/model/run-vision.ts";
import type { MapMethod } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Embedded, type Figure, rowScore, STREAM, stream } from "./embedded.ts";
import { hitCells, mean, peak, twoWayAccuracy } from "./metrics.ts";
import { pointingPhrase } from "./phrases.ts";

const MAP_NAMES: Record<MapMethod, string> = {
  "grad-eclip": "Grad-ECLIP",
  gradient: "Grad-ECLIP without λ",
  "value-path": "value path",
};

/** The pointing game with each of the maps that the page offers. */
export async function measurePointing(
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
export async function measureCells(
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
      return rowScore(vector, texts, row);
    });
  };
  const value = twoWayAccuracy(await score(0), await score(1));
  const name = "single cell, own motif or another";
  return [{ name, value, chance: 0.5, n: trials.length, gate: 0.8 }];
}
