/** Seconds of the quickest of some runs, and what it gave. */
export async function quickest<T>(
  runs: number,
  work: () => T | Promise<T>,
): Promise<{ readonly seconds: number; readonly result: T }> {
  let start = performance.now();
  let result = await work();
  let least = performance.now() - start;
  for (let run = 1; run < runs; run++) {
    start = performance.now();
    result = await work();
    least = Math.min(least, performance.now() - start);
  }
  return { seconds: least / 1000, result };
}

/** A rate on the GPU and on the processor, and in words how far the answers agree. */
export interface Measured {
  readonly what: string;
  readonly gpu: number;
  readonly processor: number;
  readonly same: string;
}
