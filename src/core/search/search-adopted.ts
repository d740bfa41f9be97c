import { summarizeWork } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import type { SearchAnswer, SearchRequest } from "../protocol.ts";
import type { AdoptedVectors } from "./adopted-vectors.ts";
import { dotFloats } from "./dot.ts";
import type { Edition } from "./open-edition.ts";
import { checkRequest, mixedQuery } from "./search-edition.ts";
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
  const works = await readWorksOfRows(edition, signal);
  const mask = request.works ?? null;
  const scoreRows = (vector: Float32Array) =>
    Float32Array.from({ length: sentences }, (_, row) => dotFloats(vector, 0, all, row * dim, dim));
  const top = createTopK(request.count);
  for (const [row, score] of scoreRows(mixedQuery(request, null, scoreRows)).entries()) {
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
    scanned: sentences,
    total: sentences,
    timings: {},
  };
}

/** The work of every row, which is written beside the codes; these stay in memory, so that only the first search reads them. */
async function readWorksOfRows(edition: Edition, signal: AbortSignal): Promise<Uint32Array> {
  const { clusters, sentences } = edition.router;
  const works = new Uint32Array(sentences);
  await edition.codes.visit(
    Array.from({ length: clusters }, (_, cluster) => cluster),
    (_cluster, codes) => {
      for (let i = 0; i < codes.count; i++) works[codes.rows[i] ?? 0] = codes.works[i] ?? 0;
    },
    signal,
  );
  return works;
}
