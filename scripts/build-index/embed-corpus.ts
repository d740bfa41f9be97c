import type { ModelVariant } from "../../src/core/protocol.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";

/** The part of an encoder that embeds texts. */
export interface CorpusEncoder extends Pick<NodeEncoder, "encodeTexts"> {
  readonly manifest: Pick<NodeEncoder["manifest"], "dim">;
}

/** Texts per call: padded to the longest of them, so few enough to waste little. */
const BATCH = 32;

/** Embeds all texts with a pack, in batches of similar length; [texts.length × dim] by variant, in order. */
export async function embedCorpus(
  encoder: CorpusEncoder,
  texts: readonly string[],
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>> {
  const { dim } = encoder.manifest;
  const base = new Float32Array(texts.length * dim);
  const adapted = new Float32Array(texts.length * dim);
  const order = texts.map((_, row) => row);
  order.sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0) || a - b);
  for (let first = 0; first < order.length; first += BATCH) {
    const rows = order.slice(first, first + BATCH);
    const batch = rows.map((row) => texts[row] ?? "");
    const vectors = await encoder.encodeTexts(batch, signal);
    rows.forEach((row, i) => {
      base.set(vectors.base.subarray(i * dim, (i + 1) * dim), row * dim);
      adapted.set(vectors.adapted.subarray(i * dim, (i + 1) * dim), row * dim);
    });
    onProgress(Math.min(first + BATCH, texts.length));
  }
  return { base, adapted };
}
