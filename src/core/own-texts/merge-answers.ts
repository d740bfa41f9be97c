import type { FoundSentence, SearchAnswer } from "../protocol.ts";

/**
 * Merges the answers of an edition and of a person's own texts to one query. Both are cosines under one model with one query, so
 * that they stand on one scale; each is complete down to `count`, so that the first `count` of both together are too. Where
 * two scores are the same the edition's sentence comes first.
 */
export function mergeAnswers(
  edition: SearchAnswer,
  own: SearchAnswer,
  count: number,
): SearchAnswer {
  const picked: { readonly answer: SearchAnswer; readonly index: number }[] = [];
  let [fromEdition, fromOwn] = [0, 0];
  while (picked.length < count) {
    const theirs = edition.found[fromEdition];
    const mine = own.found[fromOwn];
    if (theirs === undefined && mine === undefined) break;
    if (mine === undefined || (theirs !== undefined && theirs.score >= mine.score)) {
      picked.push({ answer: edition, index: fromEdition });
      fromEdition += 1;
    } else {
      picked.push({ answer: own, index: fromOwn });
      fromOwn += 1;
    }
  }
  const dim = dimOf(edition) ?? dimOf(own) ?? 0;
  const vectors = new Float32Array(picked.length * dim);
  const found: FoundSentence[] = [];
  for (const { answer, index } of picked) {
    const sentence = answer.found[index];
    if (sentence === undefined) continue;
    vectors.set(answer.vectors.subarray(index * dim, (index + 1) * dim), found.length * dim);
    found.push({ ...sentence, rank: found.length + 1 });
  }
  return {
    ...edition,
    found,
    vectors,
    scanned: edition.scanned + own.scanned,
    total: edition.total + own.total,
    isComplete: edition.isComplete && own.isComplete,
  };
}

function dimOf({ found, vectors }: SearchAnswer): number | null {
  return found.length === 0 ? null : vectors.length / found.length;
}
