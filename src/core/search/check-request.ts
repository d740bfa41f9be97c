import { AppError } from "../errors.ts";
import type { SearchRequest } from "../protocol.ts";

/** More answers than this are a mistake of the caller. */
const MOST_ANSWERS = 1000;

/**
 * Throws AppError `invalid-argument` for a query that is no vector of `dim` numbers, a senseless count or share, or a mask that is
 * not of the edition's works.
 */
export function checkRequest(request: SearchRequest, dim: number, workCount: number): void {
  const { query, count, phrase, works, hiddenFlags = 0, share = 1 } = request;
  const vectors = phrase === undefined ? [query] : [query, phrase.vector];
  const isSound =
    vectors.every((vector) => vector.length === dim && vector.every(Number.isFinite)) &&
    Number.isInteger(count) &&
    count >= 1 &&
    count <= MOST_ANSWERS &&
    Number.isInteger(hiddenFlags) &&
    share > 0 &&
    share <= 1 &&
    (works === undefined || works.length === workCount);
  if (!isSound) {
    const what = `a query of ${query.length} numbers for ${dim}, ${count} answers`;
    throw new AppError({ code: "invalid-argument", what });
  }
}
