import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import type { WorkText } from "../../../src/core/source/work-text.ts";
import { citationScore, isBibliography } from "./bibliography.ts";
import { type BlockContext, readBlockContexts } from "./block-context.ts";
import { isCaption } from "./caption.ts";
import { isOtherLanguage, languageShares } from "./language.ts";
import { isOcrDebris } from "./ocr-debris.ts";
import { isRunningHead } from "./running-head.ts";
import { readFeatures, type SentenceFeatures } from "./sentence-features.ts";

/** Sentences on either side that a citation's score is shared with: an entry falls into so many pieces. */
const REACH = 2;
/** Below this share of common English words a work is not English: English prose has about 0.4. */
const LEAST_ENGLISH = 0.15;

/**
 * The quality bits of a work's sentences but `duplicate`, which only a whole corpus tells.
 *
 * @param sentences of the work, in order
 * @param text the work's blocks and where its sentences stand in them; null where the corpus has no text
 */
export function flagSentences(
  sentences: readonly string[],
  text: WorkText | null,
): Uint16Array<ArrayBuffer> {
  const features = sentences.map(readFeatures);
  const scores = features.map(citationScore);
  const contexts = text === null ? [] : readBlockContexts(text.blocks);
  const isForeign = isForeignWork(features);
  return Uint16Array.from(features, (feature, index) => {
    const span = text?.spans[index] ?? null;
    const block = span === null ? null : (text?.blocks[span.block] ?? null);
    const context: BlockContext | null = span === null ? null : (contexts[span.block] ?? null);
    let bits = 0;
    const near = meanAround(scores, index);
    if (isBibliography(feature, scores[index] ?? 0, near, context))
      bits |= QUALITY_FLAGS.bibliography;
    if (isCaption(feature, block, context)) bits |= QUALITY_FLAGS.caption;
    if (isRunningHead(feature, block, context)) bits |= QUALITY_FLAGS["running-head"];
    if (isOcrDebris(feature, sentences[index] ?? "", block, bits !== 0 || near >= 1.5))
      bits |= QUALITY_FLAGS["ocr-debris"];
    if (isOtherLanguage(feature, isForeign)) bits |= QUALITY_FLAGS["other-language"];
    return bits;
  });
}

function meanAround(scores: readonly number[], index: number): number {
  const around = [
    ...scores.slice(Math.max(0, index - REACH), index),
    ...scores.slice(index + 1, index + 1 + REACH),
  ];
  return around.length === 0 ? 0 : around.reduce((sum, score) => sum + score, 0) / around.length;
}

function isForeignWork(features: readonly SentenceFeatures[]): boolean {
  const shares = features.filter(({ words }) => words.length >= 8).map(languageShares);
  if (shares.length === 0) return false;
  const mean = (pick: (share: (typeof shares)[number]) => number): number =>
    shares.reduce((sum, share) => sum + pick(share), 0) / shares.length;
  return (
    mean(({ english }) => english) < LEAST_ENGLISH && mean(({ other }) => other) > LEAST_ENGLISH
  );
}
