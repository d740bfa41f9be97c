import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { applyTransform } from "../../../src/core/edition/low-rank-transform.ts";
import { encodeWorks } from "../../../src/core/edition/works-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { Progress } from "../../../src/core/progress.ts";
import type { ModelVariant, SearchAnswer, SearchRequest } from "../../../src/core/protocol.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { mixQuery, phraseWeight } from "../../../src/core/search/mix-query.ts";
import type { Edition } from "../../../src/core/search/open-edition.ts";
import { searchEdition } from "../../../src/core/search/search-edition.ts";
import type { SearchHooks } from "../../../src/core/search/search-hooks.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { searchExactly } from "../../helpers/exact-search.ts";
import { memorySource } from "../../helpers/memory-source.ts";
import { openTiny, tinySources } from "../../helpers/open-tiny-edition.ts";
import { makeQuery, unit } from "../../helpers/tiny-corpus.ts";
import { makeTinyEdition, type TinyEdition } from "../../helpers/tiny-edition.ts";

function hooksFor(changes: Partial<SearchHooks> = {}): SearchHooks {
  return {
    onAnswer: () => undefined,
    report: () => undefined,
    now: () => performance.now(),
    pause: () => Promise.resolve(),
    ...changes,
  };
}

/** The exact vectors under a variant: what the encoder would give for the texts. */
function exactVectors({ vectors, transform, dim }: TinyEdition, variant: ModelVariant) {
  if (variant === "base" || transform === null) return vectors;
  const adapted = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dim) {
    const row = vectors.subarray(start, start + dim);
    adapted.set(unit(applyTransform(transform, row)), start);
  }
  return adapted;
}

const large = makeTinyEdition({ sentences: 6000, dim: 64 });
let edition: Edition;
beforeAll(async () => {
  edition = await openTiny(large);
});

describe("searchEdition", () => {
  it.each(["base", "adapted"] as const)(
    "finds the same 25 as exact search, in the same order (%s)",
    async (variant) => {
      const exact = exactVectors(large, variant);
      for (let seed = 1; seed <= 20; seed++) {
        const query = makeQuery(large, seed);
        const request = { query, variant, count: 25 };
        const answer = await searchEdition(edition, request, hooksFor(), neverAborted());
        expect(answer.found.map(({ row }) => row)).toEqual(searchExactly(exact, 64, query));
        expect(answer.scanned).toBe(6000);
      }
    },
  );

  it.each(["base", "adapted"] as const)(
    "finds what exact search finds among the works that a mask lets through (%s)",
    async (variant) => {
      const exact = exactVectors(large, variant);
      const works = Uint8Array.from(large.corpus.works, (_, work) => (work % 7 === 3 ? 1 : 0));
      const isLeftOut = (row: number) => works[large.corpus.workOfRow[row] ?? 0] === 0;
      for (let seed = 1; seed <= 10; seed++) {
        const query = makeQuery(large, seed);
        const scores = large.corpus.sentences
          .map((_, row) => ({ row, score: dotFloats(query, 0, exact, row * 64, 64) }))
          .filter(({ row }) => !isLeftOut(row))
          .sort((left, right) => right.score - left.score);
        const request = { query, variant, count: 25, works };
        const answer = await searchEdition(edition, request, hooksFor(), neverAborted());
        expect(answer.found.map(({ row }) => row)).toEqual(
          scores.slice(0, 25).map(({ row }) => row),
        );
      }
    },
  );

  it("finds nothing where no work is let through, and refuses a mask of another corpus", async () => {
    const query = makeQuery(large, 1);
    const request = { query, variant: "base" as const, count: 25 };
    const none = { ...request, works: new Uint8Array(large.corpus.works.length) };
    const answer = await searchEdition(edition, none, hooksFor(), neverAborted());
    expect(answer.found).toEqual([]);
    const other = { ...request, works: new Uint8Array(3) };
    await expect(searchEdition(edition, other, hooksFor(), neverAborted())).rejects.toMatchObject({
      detail: { code: "invalid-argument" },
    });
  });

  it("gives the text, the work, the exact score and the unit vector of every row", async () => {
    const query = makeQuery(large, 3);
    const request: SearchRequest = { query, variant: "adapted", count: 5 };
    const answer = await searchEdition(edition, request, hooksFor(), neverAborted());
    const exact = exactVectors(large, "adapted");
    expect(answer.found).toHaveLength(5);
    answer.found.forEach(({ row, rank, sentenceId, text, work, score, isExact }, index) => {
      const vector = answer.vectors.slice(index * 64, (index + 1) * 64);
      expect({ sentenceId, text }).toEqual(large.corpus.sentences[row]);
      expect(work.workId).toBe(sentenceId.split("_")[0]);
      expect(rank).toBe(index + 1);
      expect(isExact).toBe(true);
      expect(score).toBeCloseTo(dotFloats(query, 0, exact, row * 64, 64), 5);
      expect(dotFloats(vector, 0, exact, row * 64, 64)).toBeCloseTo(1, 5);
    });
  });

  it("treats the adapted variant as the base where the edition has no adapter", async () => {
    const plain = makeTinyEdition({ sentences: 200, rank: 0 });
    const opened = await openTiny(plain);
    const query = makeQuery(plain, 1);
    const rows = async (variant: ModelVariant) => {
      const request = { query, variant, count: 10 };
      const answer = await searchEdition(opened, request, hooksFor(), neverAborted());
      return answer.found.map(({ row }) => row);
    };
    expect(await rows("adapted")).toEqual(await rows("base"));
  });

  it("answers after each wave that had to be fetched, each no worse than the one before", async () => {
    // As in an edition that is too large to be fetched unasked.
    const fresh = await openTiny(large, {}, { coldBytes: 0 });
    const answers: SearchAnswer[] = [];
    const hooks = hooksFor({ onAnswer: (answer) => answers.push(answer) });
    const query = makeQuery(large, 7);
    const request: SearchRequest = { query, variant: "base", count: 25, share: 1 };
    const last = await searchEdition(fresh, request, hooks, neverAborted());
    // The first wave has at least 1,000 rows, and with them a fifth of the corpus; the next one ends after 40 %.
    const shares = answers.map(({ scanned }) => scanned / 6000);
    expect(shares).toHaveLength(2);
    expect(shares[0]).toBeGreaterThanOrEqual(1 / 6);
    expect(shares[1]).toBeGreaterThanOrEqual(0.4);
    const all = [...answers, last];
    const exactScore = (row: number) => dotFloats(request.query, 0, large.vectors, row * 64, 64);
    const bests = all.map(({ found }) => found.reduce((sum, { row }) => sum + exactScore(row), 0));
    bests.slice(1).forEach((best, i) => {
      expect(best).toBeGreaterThanOrEqual((bests[i] ?? 0) - 1e-2);
    });
    expect(answers.every(({ found }) => found.every(({ isExact }) => !isExact))).toBe(true);
  });

  it("needs no codes again for a second query, and no intermediate answers", async () => {
    const { sign, rest } = tinySources(large);
    const codes = { sign, rest };
    const opened = await openTiny(large, codes);
    const request: SearchRequest = { query: makeQuery(large, 1), variant: "base", count: 25 };
    await searchEdition(opened, request, hooksFor(), neverAborted());
    const readsAfterFirst = sign.reads.length + rest.reads.length;
    let waves = 0;
    const hooks = hooksFor({ onAnswer: () => waves++ });
    await searchEdition(opened, { ...request, variant: "adapted" }, hooks, neverAborted());
    expect(sign.reads.length + rest.reads.length).toBe(readsAfterFirst);
    expect(waves).toBe(0);
  });

  it("answers from the codes, saying so, where the exact rows cannot be reached", async () => {
    const rows = {
      ...tinySources(large).rows,
      read: () => Promise.reject(new AppError({ code: "network", url: "rows" })),
    };
    const opened = await openTiny(large, { rows });
    const request: SearchRequest = { query: makeQuery(large, 2), variant: "adapted", count: 25 };
    const answer = await searchEdition(opened, request, hooksFor(), neverAborted());
    expect(answer.found.every(({ isExact }) => !isExact)).toBe(true);
    const exact = new Set(searchExactly(exactVectors(large, "adapted"), 64, request.query));
    const hits = answer.found.filter(({ row }) => exact.has(row)).length;
    expect(hits).toBeGreaterThanOrEqual(22);
  });

  it("refuses rows that are no unit vectors", async () => {
    const rows = memorySource(new Uint8Array(large.files.bytes.rows.length));
    const opened = await openTiny(large, { rows });
    const request: SearchRequest = { query: makeQuery(large, 2), variant: "base", count: 25 };
    await expect(searchEdition(opened, request, hooksFor(), neverAborted())).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: "rows" },
    });
  });

  it("gives every sentence of a corpus smaller than the answer", async () => {
    const tiny = makeTinyEdition({ sentences: 7 });
    const opened = await openTiny(tiny);
    const request: SearchRequest = { query: makeQuery(tiny, 1), variant: "base", count: 25 };
    const answer = await searchEdition(opened, request, hooksFor(), neverAborted());
    expect(answer.found.map(({ row }) => row).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["a query of another length", { query: new Float32Array(63) }],
    ["a query that is not finite", { query: new Float32Array(64).fill(Number.NaN) }],
    ["no answers", { count: 0 }],
    ["half an answer", { count: 2.5 }],
    ["too many answers", { count: 1_000_000 }],
  ])("refuses %s", async (_, change) => {
    const sound: SearchRequest = { query: makeQuery(large, 1), variant: "base", count: 25 };
    await expect(
      searchEdition(edition, { ...sound, ...change }, hooksFor(), neverAborted()),
    ).rejects.toMatchObject({ detail: { code: "invalid-argument" } });
  });

  it("stops at a cancellation, and the next search works", async () => {
    const controller = new AbortController();
    const fresh = await openTiny(large);
    const request: SearchRequest = { query: makeQuery(large, 1), variant: "base", count: 25 };
    const hooks = hooksFor({ onAnswer: () => controller.abort() });
    await expect(searchEdition(fresh, request, hooks, controller.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
    const answer = await searchEdition(fresh, request, hooksFor(), neverAborted());
    expect(answer.found).toHaveLength(25);
  });

  it("reports every step and a scan that only grows", async () => {
    const reports: Progress[] = [];
    const hooks = hooksFor({ report: (progress) => reports.push(progress) });
    const request: SearchRequest = { query: makeQuery(large, 1), variant: "base", count: 25 };
    const answer = await searchEdition(await openTiny(large), request, hooks, neverAborted());
    const steps = reports.flatMap((report) => (report.phase === "step" ? report.step : []));
    expect(new Set(steps)).toEqual(new Set(["route", "read-texts", "re-rank"]));
    const scans = reports.flatMap((report) => (report.phase === "scan" ? report.scanned : []));
    expect([...scans].sort((a, b) => a - b)).toEqual(scans);
    expect(scans.at(-1)).toBe(6000);
    expect(Object.keys(answer.timings).sort()).toEqual(["re-rank", "read-texts", "route"]);
  });
});

describe("openEdition", () => {
  it.each(["sign", "rest", "bywork", "hashes", "rows"] as const)(
    "refuses a manifest in which the size of %s does not follow from the counts",
    async (file) => {
      const { files } = large.manifest;
      const described = files[file];
      if (described === undefined) throw new Error("not there");
      const wrong = { ...described, bytes: described.bytes - 1 };
      const manifest = { ...large.manifest, files: { ...files, [file]: wrong } };
      await expect(openTiny({ ...large, manifest })).rejects.toMatchObject({
        detail: { code: "edition-corrupt", file },
      });
    },
  );

  it("refuses a router of another edition", async () => {
    const other = makeTinyEdition({ sentences: 6000, dim: 64, rank: 4 });
    const { router } = tinySources(other);
    await expect(openTiny(large, { router })).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: "router" },
    });
  });

  it("refuses works whose sentences only sum up to the edition's where the sum overflows", async () => {
    const { works, topicNames } = large.corpus;
    const swollen = works.map((work, i) => {
      if (i > 1) return work;
      const sentences = i === 0 ? 2 ** 32 - 1 : (works[0]?.sentences ?? 0) + work.sentences + 1;
      return { ...work, sentences };
    });
    const bytes = gzipSync(encodeWorks({ works: swollen, topicNames, aliases: {} }));
    await expect(
      openTiny(large, { works: memorySource(new Uint8Array(bytes)) }),
    ).rejects.toMatchObject({ detail: { code: "edition-corrupt", file: "works" } });
  });

  it("opens the texts of works once where two are asked for at the same time", async () => {
    const { sources } = tinySources(large);
    const edition = await openTiny(large, { sources });
    const given = new AbortController();
    const givenUp = edition.sources.read(0, given.signal);
    given.abort();
    await expect(givenUp).rejects.toMatchObject({ name: "AbortError" });
    sources.reads.length = 0;
    await Promise.all([0, 1, 2].map((work) => edition.sources.read(work, neverAborted())));
    expect(sources.reads.filter(({ start }) => start === 0)).toHaveLength(1);
  });

  it("refuses works that are not gzip", async () => {
    const works = memorySource(new Uint8Array(large.files.bytes.works.length));
    await expect(openTiny(large, { works })).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: "works" },
    });
  });

  it.each(["base", "adapted"] as const)(
    "mixes a phrase into the query under the %s variant, and ranks as exact search does with that query",
    async (variant) => {
      const picture = makeQuery(large, 21);
      const phrase = makeQuery(large, 22);
      const vectors = exactVectors(large, variant);
      const exactly = (weight: number) =>
        searchExactly(vectors, 64, mixQuery(picture, phrase, weight));
      const scores = (query: Float32Array) =>
        Float32Array.from({ length: 6000 }, (_, row) => dotFloats(query, 0, vectors, row * 64, 64));
      // The search goes by the centroids; every row gives the same ratio within a tenth.
      const weight = phraseWeight(scores(picture), scores(phrase), null);
      for (const isAdded of [true, false]) {
        const request = { query: picture, phrase: { vector: phrase, isAdded }, variant, count: 25 };
        const { found } = await searchEdition(edition, request, hooksFor(), neverAborted());
        const rows = found.map(({ row }) => row);
        const expected = exactly(isAdded ? weight : -weight);
        const common = rows.filter((row) => expected.includes(row)).length;
        expect(common).toBeGreaterThanOrEqual(20);
        expect(rows).not.toEqual(searchExactly(vectors, 64, picture));
      }
    },
  );

  it("refuses a phrase that is no vector of the edition's length", async () => {
    const query = makeQuery(large, 1);
    for (const vector of [new Float32Array(3), new Float32Array(64).fill(Number.NaN)]) {
      const request = {
        query,
        phrase: { vector, isAdded: true },
        variant: "base",
        count: 5,
      } as const;
      await expect(
        searchEdition(edition, request, hooksFor(), neverAborted()),
      ).rejects.toMatchObject({ detail: { code: "invalid-argument" } });
    }
  });
});
