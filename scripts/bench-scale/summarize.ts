import { median } from "../median.ts";
import type { MeasuredSearch, MeasuredStep } from "./measure-visits.ts";

const medianStep = (steps: readonly MeasuredStep[]): MeasuredStep => ({
  milliseconds: Math.round(median(steps.map(({ milliseconds }) => milliseconds)) * 10) / 10,
  requests: median(steps.map(({ requests }) => requests)),
  bytes: Math.round(median(steps.map(({ bytes }) => bytes))),
  scanned: Number(median(steps.map(({ scanned }) => scanned)).toFixed(4)),
});

/** Medians of the same search over several visits: of the first answer, of each one after it, and of the last. */
export function summarizeSearches(searches: readonly MeasuredSearch[]) {
  const most = Math.max(...searches.map(({ waves }) => waves.length));
  const answers = Array.from({ length: most }, (_, wave) =>
    medianStep(searches.flatMap(({ waves }) => waves[wave] ?? [])),
  );
  return {
    searches: searches.length,
    answers,
    last: medianStep(searches.flatMap(({ waves }) => waves.at(-1) ?? [])),
    steps: medianTimings(searches),
    complete: searches.filter(({ isComplete }) => isComplete).length,
  };
}

/** Medians of the worker's own steps. */
function medianTimings(searches: readonly MeasuredSearch[]): Record<string, number> {
  const names = new Set(searches.flatMap(({ timings }) => Object.keys(timings)));
  const medianOf = (name: string) => median(searches.map(({ timings }) => timings[name] ?? 0));
  return Object.fromEntries([...names].map((name) => [name, Math.round(medianOf(name) * 10) / 10]));
}

/** Medians of the same step over several visits. */
export function summarizeSteps(steps: readonly MeasuredStep[]) {
  return { times: steps.length, ...medianStep(steps) };
}
