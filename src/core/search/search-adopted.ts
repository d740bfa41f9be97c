import { workOfRow } from "../edition/work-rows.ts";
import { summarizeWork } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import type { SearchAnswer, SearchRequest } from "../protocol.ts";
import type { AdoptedVectors } from "./adopted-vectors.ts";
import { checkRequest } from "./check-request.ts";
import { dotFloats } from "./dot.ts";
import { mixedQuery } from "./mixed-query.ts";
import type { Edition } from "./open-edition.ts";
import { createTopK } from "./top-k.ts";

/**
 * Finds the sentences closest to a query among adopted vectors: every row is scored exactly, in 32-bit floats.
 *
 * @throws AppError `invalid-argument` for a query that does not fit or vectors that are not complete, `edition-corrupt`, or
 *   what the sources throw; an AbortError after `signal`
 */
export async function searchAdopted(
  edition: Edition,
  adopted: AdoptedVectors,
  request: SearchRequest,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const { dim } = adopted;
  const { sentences } = edition.manifest;
  checkRequest(request, dim, edition.works.length);
  if (!adopted.isComplete()) {
    throw new AppError({ code: "invalid-argument", what: "sentences without vectors" });
  }
  const all = adopted.of(request.variant);
  const works = worksOfAllRows(edition);
  const mask = request.works ?? null;
  const scoreRows = (vector: Float32Array) =>
    Float32Array.from({ length: sentences }, (_, row) => dotFloats(vector, 0, all, row * dim, dim));
  const top = createTopK(request.count);
  const query = mixedQuery(request, null, scoreRows);
  for (const [row, score] of scoreRows(query).entries()) {
    if (mask !== null && mask[works[row] ?? 0] === 0) continue;
    top.offer(row, score);
  }
  report({ phase: "scan", scanned: sentences, total: sentences });
  const best = top.take();
  const texts = await edition.texts.read(
    best.map(({ id }) => id),
    signal,
  );
  const vectors = new Float32Array(best.length * dim);
  const found = best.map(({ id: row, score }, index) => {
    const sentence = texts[index];
    const work = edition.works[works[row] ?? edition.works.length];
    if (sentence === undefined || work === undefined) {
      throw new AppError({ code: "edition-corrupt", file: "works", why: `row ${row} has none` });
    }
    vectors.set(all.subarray(row * dim, (row + 1) * dim), index * dim);
    return { row, ...sentence, work: summarizeWork(work), rank: index + 1, score, isExact: true };
  });
  return {
    scale: request.scale ?? "picture",
    found,
    vectors,
    ...(request.phrase !== undefined && { query }),
    scanned: sentences,
    total: sentences,
    isComplete: true,
    timings: {},
  };
}

function worksOfAllRows({ firstRows, manifest }: Edition): Uint32Array {
  return Uint32Array.from({ length: manifest.sentences }, (_, row) => workOfRow(firstRows, row));
}
