import { workOfRow } from "../edition/work-rows.ts";
import { summarizeWork } from "../edition/works-file.ts";
import { AppError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import type { SearchAnswer, SearchRequest } from "../protocol.ts";
import { ALL_QUALITY_FLAGS } from "../quality/flags.ts";
import { readableSentence } from "../source/readable-sentence.ts";
import type { AdoptedVectors } from "./adopted-vectors.ts";
import { checkRequest } from "./check-request.ts";
import { dotFloats } from "./dot.ts";
import { mixedQuery } from "./mixed-query.ts";
import type { Edition } from "./open-edition.ts";
import { createTopK } from "./top-k.ts";

/**
 * Finds the sentences closest to a query among adopted vectors: every row is scored exactly, in 32-bit floats. What kinds of sentence
 * they are stands in the edition's own codes.
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
  const { works: mask = null, hiddenFlags = ALL_QUALITY_FLAGS } = request;
  const flags = await flagsOfAllRows(edition, signal);
  const scoreRows = (vector: Float32Array) =>
    Float32Array.from({ length: sentences }, (_, row) => dotFloats(vector, 0, all, row * dim, dim));
  const top = createTopK(request.count);
  const query = mixedQuery(request, null, scoreRows);
  for (const [row, score] of scoreRows(query).entries()) {
    if (mask !== null && mask[works[row] ?? 0] === 0) continue;
    if (((flags[row] ?? 0) & hiddenFlags) !== 0) continue;
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
    return {
      row,
      sentenceId: sentence.sentenceId,
      text: readableSentence(sentence.text),
      work: summarizeWork(work),
      rank: index + 1,
      score,
      isExact: true,
      flags: flags[row] ?? 0,
    };
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

/** The quality flags of all rows. Editions that vectors are adopted for are small, and their codes in memory after the first search. */
async function flagsOfAllRows(
  edition: Edition,
  signal: AbortSignal,
): Promise<Uint16Array<ArrayBuffer>> {
  const { clusters, router } = await edition.index("base", signal);
  const flags = new Uint16Array(edition.manifest.sentences);
  const scan = clusters.begin(() => undefined);
  try {
    const all = Array.from({ length: router.clusters }, (_, cluster) => cluster);
    await scan.visit(
      all,
      (visited) => {
        for (const cluster of visited) {
          const block = clusters.codes.get(cluster);
          block?.rows.forEach((row, i) => {
            flags[row] = block.flags[i] ?? 0;
          });
        }
      },
      signal,
    );
  } finally {
    scan.end();
  }
  return flags;
}

function worksOfAllRows({ firstRows, manifest }: Edition): Uint32Array {
  return Uint32Array.from({ length: manifest.sentences }, (_, row) => workOfRow(firstRows, row));
}
