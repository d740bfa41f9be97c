import { describe, expect, it } from "vitest";
import { plainKernel } from "../../../src/core/codes/plain-kernel.ts";
import type { ScanKernel } from "../../../src/core/codes/scan-kernel.ts";
import type { SearchAnswer, SearchRequest } from "../../../src/core/protocol.ts";
import { createPreparedAnswers } from "../../../src/core/search/prepared-answers.ts";
import type { FoundRow, ResidentFinder } from "../../../src/core/search/resident-finder.ts";
import { createClusterScorer } from "../../../src/core/search/scan-clusters.ts";
import { searchEdition } from "../../../src/core/search/search-edition.ts";
import type { SearchHooks } from "../../../src/core/search/search-hooks.ts";
import { createTopK } from "../../../src/core/search/top-k.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { openTiny } from "../../helpers/open-tiny-edition.ts";
import { makeQuery } from "../../helpers/tiny-corpus.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const tiny = makeTinyEdition({ sentences: 4000, dim: 64 });
const hooksFor = (onAnswer: (answer: SearchAnswer) => void = () => undefined): SearchHooks => ({
  onAnswer,
  report: () => undefined,
  now: () => performance.now(),
  pause: () => Promise.resolve(),
});
const requestFor = (seed: number, changes: Partial<SearchRequest> = {}): SearchRequest => ({
  query: makeQuery(tiny, seed),
  variant: "base",
  count: 25,
  ...changes,
});
const parts = Array.from({ length: 49 }, (_, seed) => requestFor(seed));

/** The plain kernel, and how often and for how many queries at once it was asked to scan. */
function countingKernel() {
  const scans: number[] = [];
  const kernel: ScanKernel = {
    ...plainKernel,
    openCodes(codeDim, capacity) {
      const codes = plainKernel.openCodes(codeDim, capacity);
      return {
        ...codes,
        scan(blocks, queries, centroidScores, scores) {
          scans.push(queries.length);
          codes.scan(blocks, queries, centroidScores, scores);
        },
      };
    },
  };
  return { kernel, scans };
}

describe("createPreparedAnswers", () => {
  it("scores all parts of a picture by one pass over the codes, and a search for one scans nothing", async () => {
    const { kernel, scans } = countingKernel();
    const edition = await openTiny(tiny, {}, { kernel });
    await searchEdition(edition, requestFor(100), hooksFor(), neverAborted());
    const prepared = createPreparedAnswers(edition);
    scans.length = 0;
    await prepared.prepare(parts, hooksFor(), neverAborted());
    expect(new Set(scans)).toEqual(new Set([49]));
    scans.length = 0;
    for (const request of parts) {
      const known = prepared.find({ ...request, query: request.query.slice() });
      expect(known?.end).toEqual({ scanned: 4000, isComplete: true });
      const quick = await searchEdition(edition, request, hooksFor(), neverAborted(), known);
      expect(scans).toEqual([]);
      const slow = await searchEdition(edition, request, hooksFor(), neverAborted());
      expect(quick.found).toEqual(slow.found);
      expect(quick.vectors).toEqual(slow.vectors);
      scans.length = 0;
    }
  });

  it("begins with what was in memory where that was not all, and goes on to the same answer", async () => {
    const edition = await openTiny(tiny, {}, { coldBytes: 0 });
    const first = await searchEdition(
      edition,
      requestFor(100, { share: 0.05 }),
      hooksFor(),
      neverAborted(),
    );
    const prepared = createPreparedAnswers(edition);
    await prepared.prepare(parts, hooksFor(), neverAborted());
    const request = requestFor(7);
    const known = prepared.find(request);
    expect(known?.end).toEqual({ scanned: first.scanned, isComplete: false });
    const answers: SearchAnswer[] = [];
    const hooks = hooksFor((answer) => answers.push(answer));
    const wide = { ...request, share: 1 };
    const last = await searchEdition(edition, wide, hooks, neverAborted(), known);
    expect(answers[0]?.scanned).toBe(first.scanned);
    const exhaustive = await searchEdition(edition, wide, hooksFor(), neverAborted());
    expect(last.found).toEqual(exhaustive.found);
  });

  it("is asked for the same question alone", async () => {
    const edition = await openTiny(tiny);
    const prepared = createPreparedAnswers(edition);
    const works = new Uint8Array(edition.works.length).fill(1);
    const filtered = parts.map((part) => ({ ...part, works }));
    await prepared.prepare(filtered, hooksFor(), neverAborted());
    const [request = requestFor(0)] = filtered;
    const same = { ...request, works: works.slice() };
    expect(prepared.find(same)).not.toBeNull();
    const others: Partial<SearchRequest>[] = [
      { variant: "adapted" },
      { count: 50 },
      { hiddenFlags: 0 },
      { scale: "text" },
      { works: works.map((_, work) => work % 2) },
      { query: makeQuery(tiny, 999) },
      { phrase: { vector: makeQuery(tiny, 1), isAdded: true } },
    ];
    for (const change of others) expect(prepared.find({ ...same, ...change })).toBeNull();
    await prepared.prepare([], hooksFor(), neverAborted());
    expect(prepared.find(same)).toBeNull();
  });

  it("refuses questions that differ in more than their queries, or that do not fit", async () => {
    const edition = await openTiny(tiny);
    const prepared = createPreparedAnswers(edition);
    const refusal = { detail: { code: "invalid-argument" } };
    const mixed = [requestFor(1), requestFor(2, { variant: "adapted" })];
    await expect(prepared.prepare(mixed, hooksFor(), neverAborted())).rejects.toMatchObject(
      refusal,
    );
    const short = [requestFor(1, { query: new Float32Array(3) })];
    await expect(prepared.prepare(short, hooksFor(), neverAborted())).rejects.toMatchObject(
      refusal,
    );
  });
});

describe("a finder that scores what is in memory elsewhere", () => {
  /** Finds in every other cluster, by the plain kernel. */
  const halfFinder: Parameters<typeof openTiny>[2] = {
    openFinder({ codes, resident, firstPlaces }): ResidentFinder {
      return {
        async find(queries, { count, works, hiddenFlags }) {
          const mine = resident().filter((cluster) => cluster % 2 === 0);
          const best = queries.map(({ prepared, centroidScores }) => {
            const top = createTopK(count);
            const list = {
              add(
                block: number,
                rows: { count: number; works: Uint32Array; flags: Uint16Array },
                scores: Float32Array,
              ) {
                for (let i = 0; i < rows.count; i++) {
                  const isOut = works !== null && works[rows.works[i] ?? 0] === 0;
                  if (isOut || ((rows.flags[i] ?? 0) & hiddenFlags) !== 0) continue;
                  top.offer((firstPlaces[block] ?? 0) + i, scores[i] ?? 0);
                }
              },
            };
            createClusterScorer(codes, [{ query: prepared, centroidScores, list }]).score(mine);
            return top.take().map(({ id, score }): FoundRow => {
              const block = firstPlaces.findLastIndex(
                (first, at) => first <= id && mine.includes(at),
              );
              return { block, index: id - (firstPlaces[block] ?? 0), score };
            });
          });
          return { clusters: new Set(mine), best };
        },
        close: () => undefined,
      };
    },
  };

  it("and the kernel together find what the kernel finds alone", async () => {
    const shared = await openTiny(tiny, {}, halfFinder);
    const alone = await openTiny(tiny);
    const works = Uint8Array.from(alone.works, (_, work) => (work % 3 === 0 ? 1 : 0));
    for (const edition of [shared, alone]) {
      await searchEdition(edition, requestFor(200), hooksFor(), neverAborted());
    }
    for (const change of [{}, { variant: "adapted" as const }, { works }]) {
      const request = requestFor(5, change);
      const together = await searchEdition(shared, request, hooksFor(), neverAborted());
      const kernel = await searchEdition(alone, request, hooksFor(), neverAborted());
      expect(together.found).toEqual(kernel.found);
      expect(together).toMatchObject({ scanned: 4000, isComplete: true });
    }
  });
});
