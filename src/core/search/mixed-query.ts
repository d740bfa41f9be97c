import type { SearchRequest } from "../protocol.ts";
import { mixQuery, phraseWeight } from "./mix-query.ts";

/**
 * The query of a request, with its phrase mixed in where it has one.
 *
 * @param counts sentences that each score of `scores` stands for; 1 each where null
 * @param scores scores of a vector under the request's variant with points that stand for the sentences
 */
export function mixedQuery(
  { query, phrase }: SearchRequest,
  counts: Uint32Array | null,
  scores: (vector: Float32Array<ArrayBuffer>) => Float32Array,
): Float32Array<ArrayBuffer> {
  if (phrase === undefined) return query;
  const weight = phraseWeight(scores(query), scores(phrase.vector), counts);
  return mixQuery(query, phrase.vector, phrase.isAdded ? weight : -weight);
}
