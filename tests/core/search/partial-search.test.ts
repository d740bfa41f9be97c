import { beforeAll, describe, expect, it } from "vitest";
import type { ByteRange } from "../../../src/core/bytes/source.ts";
import { signBytesPerRow } from "../../../src/core/edition/sign-file.ts";
import type { SearchAnswer, SearchRequest } from "../../../src/core/protocol.ts";
import type { Edition } from "../../../src/core/search/open-edition.ts";
import { searchEdition } from "../../../src/core/search/search-edition.ts";
import type { SearchHooks } from "../../../src/core/search/search-hooks.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { searchExactly } from "../../helpers/exact-search.ts";
import { openTiny, tinySources } from "../../helpers/open-tiny-edition.ts";
import { makeQuery } from "../../helpers/tiny-corpus.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const SENTENCES = 20_000;
const DIM = 64;
const large = makeTinyEdition({ sentences: SENTENCES, dim: DIM });
/** Codes of 2,000 rows: a tenth of the edition. */
const COLD = { coldBytes: 2000 * (signBytesPerRow(DIM) + (3 * DIM) / 8 + 10) };

const hooksFor = (onAnswer: (answer: SearchAnswer) => void = () => undefined): SearchHooks => ({
  onAnswer,
  report: () => undefined,
  now: () => performance.now(),
  pause: () => Promise.resolve(),
});
const requestFor = (seed: number, changes: Partial<SearchRequest> = {}): SearchRequest => ({
  query: makeQuery(large, seed),
  variant: "base",
  count: 25,
  ...changes,
});
const search = (edition: Edition, request: SearchRequest, hooks = hooksFor()) =>
  searchEdition(edition, request, hooks, neverAborted());
const rowsOf = ({ found }: SearchAnswer) => found.map(({ row }) => row);
const bytesOf = (reads: readonly ByteRange[]) =>
  reads.reduce((sum, { start, end }) => sum + end - start, 0);

describe("a search of an edition that is too large to be fetched unasked", () => {
  it("ends after 5 percent, says so, and has searched the best clusters", async () => {
    const { sign, rest } = tinySources(large);
    const edition = await openTiny(large, { sign, rest }, COLD);
    const answers: SearchAnswer[] = [];
    const request = requestFor(1);
    const answer = await search(
      edition,
      request,
      hooksFor((wave) => answers.push(wave)),
    );
    expect(answer.isComplete).toBe(false);
    expect(answer.total).toBe(SENTENCES);
    expect(answer.scanned).toBeGreaterThanOrEqual(0.05 * SENTENCES);
    expect(bytesOf(sign.reads) + bytesOf(rest.reads)).toBeLessThanOrEqual(COLD.coldBytes);
    expect(answer.found.every(({ isExact }) => isExact)).toBe(true);
    // The order by the codes came before the exact one, for which every row is a request of its own.
    expect(answers.at(-1)).toMatchObject({ scanned: answer.scanned, isComplete: false });
    expect(answers.at(-1)?.found.every(({ isExact }) => !isExact)).toBe(true);
    const exact = new Set(searchExactly(large.vectors, DIM, request.query));
    expect(rowsOf(answer).filter((row) => exact.has(row)).length).toBeGreaterThan(12);
  });

  it("goes on from there when more is asked for, to the end, and then finds what exact search finds", async () => {
    const { sign, rest } = tinySources(large);
    const edition = await openTiny(large, { sign, rest }, COLD);
    const first = await search(edition, requestFor(2));
    const read = bytesOf(sign.reads);
    const further = await search(edition, requestFor(2, { share: 0.3 }));
    expect(further.scanned).toBeGreaterThanOrEqual(0.3 * SENTENCES);
    expect(further.isComplete).toBe(false);
    const all = await search(edition, requestFor(2, { share: 1 }));
    expect(all).toMatchObject({ scanned: SENTENCES, isComplete: true });
    expect(rowsOf(all)).toEqual(searchExactly(large.vectors, DIM, requestFor(2).query));
    // What was read once is in memory.
    expect(bytesOf(sign.reads)).toBe(SENTENCES * signBytesPerRow(DIM));
    expect(read).toBeGreaterThanOrEqual(first.scanned * signBytesPerRow(DIM));
  });

  it("answers another question from what is in memory before it fetches anything", async () => {
    const { sign, rest } = tinySources(large);
    const edition = await openTiny(large, { sign, rest }, COLD);
    const { scanned } = await search(edition, requestFor(3));
    const reads = sign.reads.length;
    const seen: { readonly scanned: number; readonly reads: number }[] = [];
    const onAnswer = (wave: SearchAnswer) =>
      void seen.push({ scanned: wave.scanned, reads: sign.reads.length });
    await search(edition, requestFor(40), hooksFor(onAnswer));
    expect(seen[0]).toEqual({ scanned, reads });
  });

  it("searches all that is on the device, and fetches the closest of the rest", async () => {
    const { sign, rest } = tinySources(large);
    const isOnDevice = (cluster: number) => cluster % 2 === 0;
    const edition = await openTiny(large, { sign, rest }, COLD, isOnDevice);
    const { router } = await edition.index("base", neverAborted());
    const answer = await search(edition, requestFor(4));
    const near = router.counts.reduce((sum, n, k) => sum + (isOnDevice(k) ? n : 0), 0);
    expect(answer.scanned).toBeGreaterThan(near);
    expect(answer.isComplete).toBe(false);
  });

  it("searches to the end without being asked where everything is on the device", async () => {
    const edition = await openTiny(large, {}, { coldBytes: 0 }, () => true);
    const answer = await search(edition, requestFor(5));
    expect(answer).toMatchObject({ scanned: SENTENCES, isComplete: true });
  });
});

describe("over a connection that is to be spared", () => {
  it("a search fetches a tenth unasked, says what it left out, and goes as far as it is asked to", async () => {
    const { sign, rest } = tinySources(large);
    const edition = await openTiny(large, { sign, rest }, { coldBytes: 10 * COLD.coldBytes });
    const request = requestFor(12, { savesData: true });
    const answer = await search(edition, request);
    expect(answer.isComplete).toBe(false);
    expect(bytesOf(sign.reads) + bytesOf(rest.reads)).toBeLessThanOrEqual(COLD.coldBytes);
    const all = await search(edition, { ...request, share: 1 });
    expect(rowsOf(all)).toEqual(searchExactly(large.vectors, DIM, request.query));
    // The same connection without the wish: all of it is little enough to be fetched.
    const other = await openTiny(large, {}, { coldBytes: 10 * COLD.coldBytes });
    expect((await search(other, requestFor(12))).isComplete).toBe(true);
  });
});

describe("filters of such an edition", () => {
  const passing = (row: number, works: Uint8Array) => works[large.corpus.workOfRow[row] ?? 0] === 1;
  const exactAmong = (query: Float32Array, works: Uint8Array) =>
    searchExactly(large.vectors, DIM, query, (row) => passing(row, works));
  const worksWhere = (isWanted: (work: number) => boolean) =>
    Uint8Array.from(large.corpus.works, (_, work) => (isWanted(work) ? 1 : 0));

  it("that leave few works are answered exactly and entirely, by the copy of their codes", async () => {
    const { sign, rest, bywork } = tinySources(large);
    const edition = await openTiny(large, { sign, rest, bywork }, COLD);
    for (const variant of ["base", "adapted"] as const) {
      const works = worksWhere((work) => work % 40 === 7 || (work > 100 && work < 110));
      const answer = await search(edition, requestFor(6, { works, variant }));
      expect(answer).toMatchObject({ isComplete: true, scanned: SENTENCES });
      if (variant === "base")
        expect(rowsOf(answer)).toEqual(exactAmong(requestFor(6).query, works));
      expect(rowsOf(answer).every((row) => passing(row, works))).toBe(true);
    }
    expect(sign.reads).toEqual([]);
    // Neighbouring works are one read.
    expect(bywork.reads.length).toBeLessThanOrEqual(2 * (large.corpus.works.length / 40 + 2));
  });

  it("that leave a hundred scattered works have a first answer after some of them, and an exact one", async () => {
    const { sign, bywork } = tinySources(large);
    const edition = await openTiny(large, { sign, bywork }, COLD);
    const works = worksWhere((work) => work % 10 === 4);
    const answers: SearchAnswer[] = [];
    const onAnswer = (answer: SearchAnswer) => void answers.push(answer);
    const last = await search(edition, requestFor(11, { works }), hooksFor(onAnswer));
    const wanted = works.reduce((sum, isWanted) => sum + isWanted, 0);
    expect(wanted).toBe(100);
    expect(sign.reads).toEqual([]);
    expect(bywork.reads).toHaveLength(wanted);
    expect(answers).toMatchObject([{ isComplete: false, scanned: SENTENCES - 40 * 20 }]);
    expect(answers[0]?.found).toHaveLength(25);
    expect(answers[0]?.found.every(({ row }) => passing(row, works))).toBe(true);
    expect(last).toMatchObject({ isComplete: true, scanned: SENTENCES });
    expect(rowsOf(last)).toEqual(exactAmong(requestFor(11).query, works));
  });

  it("that leave many works are applied before ranking, in waves", async () => {
    const { bywork } = tinySources(large);
    const edition = await openTiny(large, { bywork }, COLD);
    const works = worksWhere((work) => work % 3 === 0);
    const answer = await search(edition, requestFor(7, { works }));
    expect(bywork.reads).toEqual([]);
    expect(answer.isComplete).toBe(false);
    expect(answer.found).toHaveLength(25);
    expect(rowsOf(answer).every((row) => passing(row, works))).toBe(true);
    const all = await search(edition, requestFor(7, { works, share: 1 }));
    expect(rowsOf(all)).toEqual(exactAmong(requestFor(7).query, works));
  });

  it("use the codes in memory where all of them are there", async () => {
    const { bywork } = tinySources(large);
    const edition = await openTiny(large, { bywork });
    await search(edition, requestFor(8));
    const works = worksWhere((work) => work === 3);
    const answer = await search(edition, requestFor(8, { works }));
    expect(bywork.reads).toEqual([]);
    expect(rowsOf(answer).every((row) => passing(row, works))).toBe(true);
    expect(answer.found).toHaveLength(20);
  });
});

describe("a kernel with little memory", () => {
  let roomy: Edition;
  beforeAll(async () => {
    roomy = await openTiny(large);
  });

  it("finds the same, with as much as fits kept for the next search", async () => {
    const { sign, rest } = tinySources(large);
    const rowBytes = DIM / 2 + 12;
    const residentBytes = 5000 * rowBytes;
    const tight = await openTiny(large, { sign, rest }, { residentBytes });
    for (const seed of [9, 10]) {
      for (const variant of ["base", "adapted"] as const) {
        const request = requestFor(seed, { variant });
        const answer = await search(tight, request);
        expect(answer.found).toEqual((await search(roomy, request)).found);
        expect(answer.isComplete).toBe(true);
      }
    }
    const { clusters } = await tight.index("base", neverAborted());
    expect(clusters.codes.usedBytes()).toBeLessThanOrEqual(residentBytes);
    expect(clusters.codes.usedBytes()).toBeGreaterThan(0.9 * residentBytes);
    sign.reads.length = 0;
    await search(tight, requestFor(11));
    // A quarter of the rows is in memory, and not read again.
    expect(bytesOf(sign.reads)).toBeLessThan(0.8 * SENTENCES * signBytesPerRow(DIM));
  });

  it("serves two searches at once", async () => {
    const residentBytes = 3000 * (DIM / 2 + 12);
    const tight = await openTiny(large, {}, { residentBytes });
    const requests = [12, 13, 14].map((seed) => requestFor(seed));
    const answers = await Promise.all(requests.map((request) => search(tight, request)));
    for (const [i, request] of requests.entries()) {
      expect(answers[i]?.found).toEqual((await search(roomy, request)).found);
    }
  });

  it("scores once what another search brings in while it begins, and what is taken out", async () => {
    for (const residentBytes of [2 ** 30, 3000 * (DIM / 2 + 12)]) {
      const edition = await openTiny(large, {}, { residentBytes });
      await search(edition, requestFor(18, { share: 0.2 }));
      let time = 0;
      let pauses = 0;
      const slow: SearchHooks = {
        ...hooksFor(),
        // Every look at the clock ends a slice; another search runs in the first pauses.
        now: () => (time += 20),
        pause: async () => {
          pauses++;
          if (pauses <= 2) await search(edition, requestFor(19));
        },
      };
      const answer = await search(edition, requestFor(16), slow);
      expect(answer).toMatchObject({ scanned: SENTENCES, isComplete: true });
      expect(answer.found).toEqual((await search(roomy, requestFor(16))).found);
    }
  });

  it("says so where not even one cluster fits", async () => {
    const tiny = await openTiny(large, {}, { residentBytes: 100 });
    await expect(search(tiny, requestFor(15))).rejects.toMatchObject({
      detail: { code: "invalid-argument" },
    });
  });
});
