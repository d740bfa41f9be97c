import {
  type MeasuredSearch,
  type MeasuredStep,
  type OpenVisit,
  type ScaleSite,
  visit,
} from "./measure-visits.ts";
import type { BenchSteps } from "./steps.ts";
import { summarizeSearches, summarizeSteps } from "./summarize.ts";

/** Queries to ask with, unit vectors of `dim` numbers each. */
interface ScaleQueries {
  readonly dim: number;
  readonly images: Float32Array;
  readonly texts: Float32Array;
  /** Patches picture by picture, `patchesPerImage` each, of the first pictures. */
  readonly patches: Float32Array;
  readonly patchesPerImage: number;
}

export interface ScaleTask {
  readonly steps: BenchSteps;
  readonly site: ScaleSite;
  /** Fresh profiles that every figure is the median of. */
  readonly visits: number;
  readonly queries: ScaleQueries;
  readonly hasAdapter: boolean;
}

/** Shares of the works that filters leave. */
const FILTERS = [0.01, 0.1, 1] as const;
/** Cells that a reader looks at in one visit. */
const CELLS = 5;
/** Searches that an exhaustive figure is the median of. */
const EXHAUSTIVE = 10;

/** Measures visits to an edition that is served, step by step. */
export async function measureScale(task: ScaleTask): Promise<void> {
  await measureFirstVisits(task);
  await measureFilters(task);
  await measureOnDevice(task);
}

const vectorAt = (vectors: Float32Array, index: number, dim: number): number[] => [
  ...vectors.subarray(index * dim, (index + 1) * dim),
];

/** A number of visits in profiles of their own, one after the other. */
async function repeat<Result>(
  { site, visits }: ScaleTask,
  use: (visit: OpenVisit, round: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let round = 0; round < visits; round++) {
    results.push(await visit(site, (open) => use(open, round)));
  }
  return results;
}

/** A picture, the same again, cells of it, the other model, another picture. */
async function measureFirstVisits(task: ScaleTask): Promise<void> {
  const { images, texts, patches, patchesPerImage, dim } = task.queries;
  await task.steps.run("first visit", async () => {
    const visits = await repeat(task, async ({ opened, search }, round) => {
      const picture = vectorAt(images, round, dim);
      const first = await search({ query: picture, variant: "base" });
      const again = await search({ query: picture, variant: "base" });
      const cells: MeasuredSearch[] = [];
      for (let cell = 0; cell < CELLS; cell++) {
        const at = round * patchesPerImage + Math.floor((cell * patchesPerImage) / CELLS);
        cells.push(await search({ query: vectorAt(patches, at, dim), variant: "base" }));
      }
      const adapted = task.hasAdapter ? [await search({ query: picture, variant: "adapted" })] : [];
      const phrase = await search({ query: vectorAt(texts, round, dim), variant: "base" });
      const next = vectorAt(images, task.visits + round, dim);
      const other = await search({ query: next, variant: "base" });
      return { opened, first, again, cells, adapted, phrase, other };
    });
    const adapted = visits.flatMap((one) => one.adapted);
    return {
      "edition opened": summarizeSteps(visits.map((one) => one.opened)),
      "first picture": summarizeSearches(visits.map((one) => one.first)),
      "the same again": summarizeSearches(visits.map((one) => one.again)),
      "a cell of it": summarizeSearches(visits.flatMap((one) => one.cells)),
      ...(adapted.length > 0 && { "the other model": summarizeSearches(adapted) }),
      "a phrase": summarizeSearches(visits.map((one) => one.phrase)),
      "another picture": summarizeSearches(visits.map((one) => one.other)),
    };
  });
}

/** A first search under a filter, in profiles of their own. */
async function measureFilters(task: ScaleTask): Promise<void> {
  const { images, dim } = task.queries;
  for (const worksShare of FILTERS) {
    await task.steps.run(`filter of ${100 * worksShare} % of the works`, async () => {
      const searches = await repeat(task, ({ search }, round) =>
        search({ query: vectorAt(images, round, dim), variant: "base", worksShare }),
      );
      return summarizeSearches(searches);
    });
  }
}

/** Everything onto the device once; then exhaustive searches, 49 patches of one picture among them. */
async function measureOnDevice(task: ScaleTask): Promise<void> {
  const { images, patches, patchesPerImage, dim } = task.queries;
  await task.steps.run("everything on the device", () =>
    visit(task.site, async ({ download, search }) => {
      const downloaded = await download();
      const all = (query: number[]) => search({ query, variant: "base", share: 1 });
      const first = await all(vectorAt(images, 0, dim));
      const searches: MeasuredSearch[] = [];
      for (let i = 1; i <= EXHAUSTIVE; i++) searches.push(await all(vectorAt(images, i, dim)));
      const start = performance.now();
      for (let patch = 0; patch < patchesPerImage; patch++) {
        await all(vectorAt(patches, patch, dim));
      }
      const patchesMs = performance.now() - start;
      return {
        downloaded: downloaded satisfies MeasuredStep,
        "first search": summarizeSearches([first]),
        exhaustive: summarizeSearches(searches),
        "49 patches, one after the other, in milliseconds": Math.round(patchesMs),
      };
    }),
  );
}
