import { AppError } from "../errors.ts";
import type { SentenceSource } from "../protocol.ts";
import type { Edition } from "./open-edition.ts";

/**
 * Reads the text of the work that a row's sentence belongs to. The rows of a work follow one another, in the order of the
 * works.
 *
 * @param hasImages whether the edition says where its works' pictures are
 * @returns null where the corpus has no text of the work
 * @throws AppError `invalid-argument` for a row that the edition has not, `edition-corrupt`, or what its sources throw
 */
export async function readSource(
  edition: Edition,
  row: number,
  hasImages: boolean,
  signal: AbortSignal,
): Promise<SentenceSource | null> {
  let firstRow = 0;
  const work = edition.works.findIndex(({ sentences }) => {
    if (row < firstRow + sentences) return true;
    firstRow += sentences;
    return false;
  });
  if (!Number.isInteger(row) || row < 0 || work < 0) {
    throw new AppError({ code: "invalid-argument", what: `row ${row}` });
  }
  const text = await edition.sources.read(work, signal);
  if (text === null) return null;
  const images = hasImages ? (edition.works[work]?.images ?? []) : [];
  return { text, sentence: row - firstRow, firstRow, images };
}
