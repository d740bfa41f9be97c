import type { ResidentCodes } from "../../src/core/codes/scan-kernel.ts";
import type { FindOptions, IndexQuery } from "../../src/core/search/resident-finder.ts";
import type { GpuMirror } from "./gpu-mirror.ts";

/** Rows that the kernel scores in a dry run. */
const SAMPLE_ROWS = 32_768;
/** Queries of the second dry run. */
const MANY = 8;
/** Runs, of which the quickest counts. */
const RUNS = 3;

/** How long a scan takes, as measured. */
export interface ScanTimes {
  /** Of one row on the kernel, in milliseconds: with one query, and what each further one adds. */
  readonly kernelRow: number;
  readonly kernelQuery: number;
  /** Of all rows of the mirror on the graphics processor, in milliseconds, likewise. */
  readonly gpu: number;
  readonly gpuQuery: number;
}

/** Tells whether the graphics processor is quicker for `queries` queries over `rows` rows. */
export function isGpuQuicker(times: ScanTimes, rows: number, queries: number): boolean {
  const kernel = rows * (times.kernelRow + (queries - 1) * times.kernelQuery);
  return times.gpu + (queries - 1) * times.gpuQuery < kernel;
}

/** Measures both on the rows that are there, with a query that was really asked; the kernel first, without a pause, while its rows are there. */
export async function measureScans(
  codes: ResidentCodes,
  mirror: GpuMirror,
  query: IndexQuery,
  now: () => number,
  signal: AbortSignal,
): Promise<ScanTimes> {
  const sample: number[] = [];
  let rows = 0;
  for (const cluster of mirror.current() ?? []) {
    if (rows >= SAMPLE_ROWS) break;
    sample.push(cluster);
    rows += codes.get(cluster)?.count ?? 0;
  }
  const scores = new Float32Array(MANY * rows);
  const centroidScores = new Float32Array(MANY * sample.length);
  const asked = (queries: number) => Array.from({ length: queries }, () => query);
  const onKernel = (queries: number): number => {
    const prepared = asked(queries).map((each) => each.prepared);
    const runs = Array.from({ length: RUNS }, () => {
      const start = now();
      codes.scan(sample, prepared, centroidScores, scores);
      return now() - start;
    });
    return Math.min(...runs);
  };
  const options: FindOptions = { count: 50, works: null, hiddenFlags: 0 };
  const onGpu = async (queries: number): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const start = now();
      await mirror.finder.find(asked(queries), options, signal);
      least = Math.min(least, now() - start);
    }
    return least;
  };
  const kernel = { one: onKernel(1), many: onKernel(MANY) };
  const gpu = { one: await onGpu(1), many: await onGpu(MANY) };
  const further = ({ one, many }: typeof gpu) => Math.max(0, many - one) / (MANY - 1);
  return {
    kernelRow: kernel.one / rows,
    kernelQuery: further(kernel) / rows,
    gpu: gpu.one,
    gpuQuery: further(gpu),
  };
}
