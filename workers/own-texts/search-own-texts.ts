import { summarizeOwnWork } from "../../src/core/own-texts/own-record.ts";
import { toListRow } from "../../src/core/own-texts/own-rows.ts";
import type { OwnSearchRequest } from "../../src/core/own-texts/protocol.ts";
import { createRowRuns } from "../../src/core/own-texts/row-runs.ts";
import type { FoundSentence, SearchAnswer } from "../../src/core/protocol.ts";
import { checkRequest } from "../../src/core/search/check-request.ts";
import { mixedQuery } from "../../src/core/search/mixed-query.ts";
import type { StoredWork } from "./own-database.ts";
import type { OwnIndex } from "./own-index.ts";
import { runsOfWorks } from "./own-library.ts";
import { readSentences } from "./read-own-texts.ts";
import type { TextsStore } from "./texts-store.ts";

/** What is searched: the vectors, and the works all of whose sentences have some, by row. */
export interface SearchedTexts {
  readonly index: OwnIndex;
  readonly works: readonly StoredWork[];
  readonly texts: Pick<TextsStore, "chunk">;
}

/** Rows whose scores tell how much a phrase weighs beside a picture. */
const SAMPLED_ROWS = 4096;
/** Digits of a sentence's number in its id, as ArteFact writes them. */
const ID_DIGITS = 4;

/**
 * Finds the own sentences closest to a query. Every vector is scored, and the best are scored exactly.
 *
 * @throws AppError `invalid-argument` for a query that does not fit
 */
export async function searchOwnTexts(
  { index, works, texts }: SearchedTexts,
  request: OwnSearchRequest,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  checkRequest(request, request.model.dim, 0);
  const ready = createRowRuns(runsOfWorks(works));
  const query = mixedQuery(request, null, (vector) =>
    index.sampleScores(vector, SAMPLED_ROWS, ready.has),
  );
  const best = await index.search(query, request.count, ready.has, signal);
  const sentences = await readSentences(
    texts,
    works,
    best.map(({ row }) => row),
  );
  const { dim } = request.model;
  const vectors = new Float32Array(best.length * dim);
  const found: FoundSentence[] = [];
  for (const [at, { row, score, vector }] of best.entries()) {
    const sentence = sentences[at];
    // Deleted in another tab a moment ago.
    if (sentence === undefined || sentence.text === "") continue;
    const { work } = sentence;
    vectors.set(vector, found.length * dim);
    const number = String(sentence.index + 1).padStart(ID_DIGITS, "0");
    found.push({
      row: toListRow(row),
      sentenceId: `${work.workId}_s${number}`,
      text: sentence.text,
      work: summarizeOwnWork(work.workId, work.record),
      rank: found.length + 1,
      score,
      isExact: true,
    });
  }
  return {
    scale: request.scale ?? "picture",
    found,
    vectors: vectors.slice(0, found.length * dim),
    scanned: ready.rows,
    total: ready.rows,
    isComplete: true,
    timings: {},
  };
}
