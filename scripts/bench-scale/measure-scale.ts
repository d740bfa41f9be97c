import { type MeasuredSearch, type OpenVisit, type ScaleSite, visit } from "./measure-visits.ts";
import type { ScaleRequest } from "./scale-page.ts";
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
const CELLS = 3;
/** Searches that an exhaustive figure is the median of. */
const EXHAUSTIVE = 5;

/** Measures visits to an edition that is served, step by step. */
export async function measureScale(task: ScaleTask): Promise<void> {
  await measureFirstVisits(task);
  await measureFilters(task);
  await measureOnDevice(task);
}

const vectorAt = (vectors: Float32Array, index: number, dim: number): number[] => [
  ...vectors.subarray(index * dim, (index + 1) * dim),
];

/** Requests for all cells of a picture. */
function partsOf({ patches, patchesPerImage, dim }: ScaleQueries, picture: number): ScaleRequest[] {
  return Array.from({ length: patchesPerImage }, (_, patch) => ({
    query: vectorAt(patches, picture * patchesPerImage + patch, dim),
    variant: "base",
  }));
}

/** So many of them, evenly spread. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  return items.filter((_, i) => (i * count) % items.length < count);
}

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
  const { images, texts, dim } = task.queries;
  await task.steps.run("first visit", async () => {
    const visits = await repeat(task, async ({ opened, search, prepare }, round) => {
      const picture = vectorAt(images, round, dim);
      const first = await search({ query: picture, variant: "base" });
      const again = await search({ query: picture, variant: "base" });
      const parts = partsOf(task.queries, round);
      const prepared = await prepare(parts);
      const cells: MeasuredSearch[] = [];
      for (const part of spread(parts, CELLS)) cells.push(await search(part));
      const adapted = task.hasAdapter ? [await search({ query: picture, variant: "adapted" })] : [];
      const phrase = await search({ query: vectorAt(texts, round, dim), variant: "base" });
      const next = vectorAt(images, task.visits + round, dim);
      const other = await search({ query: next, variant: "base" });
      return { opened, first, again, prepared, cells, adapted, phrase, other };
    });
    const adapted = visits.flatMap((one) => one.adapted);
    return {
      "edition opened": summarizeSteps(visits.map((one) => one.opened)),
      "first picture": summarizeSearches(visits.map((one) => one.first)),
      "the same again": summarizeSearches(visits.map((one) => one.again)),
      "all 49 cells of it prepared": summarizeSteps(visits.map((one) => one.prepared)),
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

/** Everything onto the device once; then exhaustive searches, and all cells of one picture together. */
async function measureOnDevice(task: ScaleTask): Promise<void> {
  const { images, dim } = task.queries;
  await task.steps.run("everything on the device", () =>
    visit(task.site, async ({ download, search, prepare }) => {
      const downloaded = await download();
      const all = (query: number[]) => search({ query, variant: "base", share: 1 });
      const first = await all(vectorAt(images, 0, dim));
      const searches: MeasuredSearch[] = [];
      for (let i = 1; i <= EXHAUSTIVE; i++) searches.push(await all(vectorAt(images, i, dim)));
      const parts = partsOf(task.queries, 0);
      const prepared = await prepare(parts);
      const cells: MeasuredSearch[] = [];
      for (const part of spread(parts, CELLS)) cells.push(await search(part));
      return {
        downloaded: summarizeSteps([downloaded]),
        "first search": summarizeSearches([first]),
        exhaustive: summarizeSearches(searches),
        "all 49 cells prepared": summarizeSteps([prepared]),
        "a cell": summarizeSearches(cells),
      };
    }),
  );
}
