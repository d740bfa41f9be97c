import { AppError } from "../errors.ts";
import type { ModelVariant } from "../protocol.ts";
import type { TextShape } from "./pack-manifest.ts";
import { normalizeRows, projectRows } from "./projection.ts";
import { takeOutput } from "./run-vision.ts";
import type { Session } from "./session.ts";
import type { TextTensors } from "./text-tensors.ts";

/** Texts of one run of the tower: enough to keep its matrix products busy, few enough to stay small. */
const BATCH_TEXTS = 32;

/**
 * Trims token ids to the end-of-text token, and shortens them to the context with that token kept last, as CLIP does.
 * Everything after it cannot reach its row, because attention is causal.
 *
 * @throws AppError `invalid-argument` where there is no end-of-text token or an id lies outside of the vocabulary
 */
export function trimTokens(
  ids: readonly number[],
  shape: Pick<TextShape, "contextLength" | "endOfTextToken" | "vocabularySize">,
): readonly number[] {
  const { contextLength, endOfTextToken, vocabularySize } = shape;
  const end = ids.indexOf(endOfTextToken);
  if (end < 0) {
    throw new AppError({ code: "invalid-argument", what: "tokens without an end-of-text token" });
  }
  if (ids.some((id) => !Number.isInteger(id) || id < 0 || id >= vocabularySize)) {
    throw new AppError({ code: "invalid-argument", what: "a token outside of the vocabulary" });
  }
  if (end < contextLength) return ids.slice(0, end + 1);
  return [...ids.slice(0, contextLength - 1), endOfTextToken];
}

/** Whether a text has more tokens than the tower reads, so that {@link trimTokens} shortens it. */
export function isLongerThanContext(
  ids: readonly number[],
  shape: Pick<TextShape, "contextLength" | "endOfTextToken">,
): boolean {
  return ids.indexOf(shape.endOfTextToken) >= shape.contextLength;
}

/** Token row + position row for every token of texts of one length: [texts × length × width]. */
function lookUp(
  texts: readonly (readonly number[])[],
  tensors: TextTensors,
  width: number,
): Float32Array<ArrayBuffer> {
  const length = texts[0]?.length ?? 0;
  const rows = new Float32Array(texts.length * length * width);
  for (const [text, ids] of texts.entries()) {
    for (const [position, id] of ids.entries()) {
      const target = (text * length + position) * width;
      tensors.tokenRow(id, rows, target);
      for (let k = 0; k < width; k++) {
        rows[target + k] =
          (rows[target + k] ?? 0) + (tensors.textPositions[position * width + k] ?? 0);
      }
    }
  }
  return rows;
}

/** Groups the indices of texts by length, in batches of at most {@link BATCH_TEXTS}: equal lengths need no padding. */
function batchesByLength(texts: readonly (readonly number[])[]): number[][] {
  const byLength = new Map<number, number[]>();
  for (const [index, ids] of texts.entries()) {
    const group = byLength.get(ids.length);
    if (group === undefined) byLength.set(ids.length, [index]);
    else group.push(index);
  }
  return [...byLength.values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / BATCH_TEXTS) }, (_, batch) =>
      group.slice(batch * BATCH_TEXTS, (batch + 1) * BATCH_TEXTS),
    ),
  );
}

/**
 * Runs the text tower and gives the final hidden row of every text's end-of-text token, before the projection.
 *
 * @param tokenIds per text, with start and end token, as the tokenizer gives them
 * @returns [texts × width], in the order of `tokenIds`
 * @throws AppError `invalid-argument` (see {@link trimTokens}), `session-failed`; an AbortError after `signal`
 */
async function runTextTower(
  session: Session,
  tensors: TextTensors,
  shape: TextShape,
  tokenIds: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const { width } = shape;
  const trimmed = tokenIds.map((ids) => trimTokens(ids, shape));
  const pooled = new Float32Array(trimmed.length * width);
  for (const batch of batchesByLength(trimmed)) {
    signal.throwIfAborted();
    const texts = batch.map((index) => trimmed[index] ?? []);
    const length = texts[0]?.length ?? 0;
    const outputs = await session.run({
      inputs_embeds: {
        data: lookUp(texts, tensors, width),
        dims: [texts.length, length, width],
      },
    });
    const hidden = takeOutput(outputs, "hidden", texts.length * length * width);
    for (const [row, index] of batch.entries()) {
      const last = ((row + 1) * length - 1) * width;
      pooled.set(hidden.subarray(last, last + width), index * width);
    }
  }
  signal.throwIfAborted();
  return pooled;
}

/**
 * Embeds tokenised texts under both variants.
 *
 * @returns unit vectors [texts × dim] by variant; the same array twice where the pack has no adapter
 * @throws as {@link runTextTower}
 */
export async function runText(
  session: Session,
  tensors: TextTensors,
  shape: TextShape,
  tokenIds: readonly (readonly number[])[],
  signal: AbortSignal,
): Promise<Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>> {
  const { width } = shape;
  const dim = tensors.textProjection.base.length / width;
  const pooled = await runTextTower(session, tensors, shape, tokenIds, signal);
  const embed = (projection: Float32Array): Float32Array<ArrayBuffer> =>
    normalizeRows(projectRows(pooled, projection, width, dim), dim);
  const { base: baseProjection, adapted: adaptedProjection } = tensors.textProjection;
  const base = embed(baseProjection);
  return { base, adapted: adaptedProjection === baseProjection ? base : embed(adaptedProjection) };
}
