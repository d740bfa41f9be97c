import { summarizeWork } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { FoundSentence, ModelVariant, SearchAnswer } from "../protocol.ts";
import { readableSentence } from "../source/readable-sentence.ts";
import { dotFloats } from "./dot.ts";
import type { Edition } from "./open-edition.ts";
import type { RankedCandidate } from "./rank-candidates.ts";
import { type SearchIndex, underVariant } from "./search-index.ts";

/**
 * Reads the sentences of candidates, and gives their unit vectors under the variant.
 *
 * @throws AppError `edition-corrupt`, or what the texts' source throws
 */
export async function answerFrom(
  edition: Edition,
  index: SearchIndex,
  variant: ModelVariant,
  ranked: readonly RankedCandidate[],
  signal: AbortSignal,
): Promise<Pick<SearchAnswer, "found" | "vectors">> {
  const texts = await edition.texts.read(
    ranked.map(({ row }) => row),
    signal,
  );
  const found = ranked.map(({ row, work, flags, score, isExact }, i): FoundSentence => {
    const sentence = texts[i];
    const record = edition.works[work];
    if (sentence === undefined || record === undefined) {
      throw new AppError({ code: "edition-corrupt", file: "works", why: `no work ${work}` });
    }
    const summary = summarizeWork(record);
    const { sentenceId } = sentence;
    const text = readableSentence(sentence.text);
    return { row, sentenceId, text, work: summary, rank: i + 1, score, isExact, flags };
  });
  return { found, vectors: unitVectors(index, variant, ranked) };
}

/** The unit text vectors under the variant, one after the other. */
function unitVectors(
  index: SearchIndex,
  variant: ModelVariant,
  ranked: readonly RankedCandidate[],
): Float32Array<ArrayBuffer> {
  const { dim } = index.router;
  const vectors = new Float32Array(ranked.length * dim);
  for (const [i, candidate] of ranked.entries()) {
    const vector = underVariant(index, variant, candidate.vector);
    const length = Math.sqrt(dotFloats(vector, 0, vector, 0, dim));
    // The zero vector codes as zeros and has no direction; it stays what it is.
    const scale = length > 0 ? 1 / length : 0;
    for (let d = 0; d < dim; d++) vectors[i * dim + d] = (vector[d] ?? 0) * scale;
  }
  return vectors;
}
