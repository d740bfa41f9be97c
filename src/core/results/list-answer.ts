import type { SearchAnswer } from "../protocol.ts";
import type { Listing } from "./listing.ts";
import { varyOrder } from "./vary.ts";

/**
 * What is listed of an answer, in the order of the list: `found` and `vectors` are cut and ordered alike. Ranks stay those
 * among all that was searched.
 *
 * @param answer the closest sentences, at least as many as the listing's pool where there are so many
 */
export function listAnswer(answer: SearchAnswer, { count, order }: Listing): SearchAnswer {
  const { found, vectors } = answer;
  if (found.length === 0 || (order === "closest" && found.length <= count)) return answer;
  const dim = vectors.length / found.length;
  const scores = Float32Array.from(found, ({ score }) => score);
  const indices =
    order === "varied"
      ? varyOrder({ scores, vectors, dim }, count)
      : Array.from({ length: count }, (_, index) => index);
  const listed = new Float32Array(indices.length * dim);
  indices.forEach((from, to) => {
    listed.set(vectors.subarray(from * dim, (from + 1) * dim), to * dim);
  });
  return { ...answer, found: indices.flatMap((index) => found[index] ?? []), vectors: listed };
}
