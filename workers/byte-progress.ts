import type { ReportProgress } from "../src/core/progress.ts";

/** Least time between two reports, in milliseconds: ten a second are enough for an eye. */
const REPORT_INTERVAL_MS = 100;

/** Adds the bytes of several files up to one bar. */
export interface ByteProgress {
  /** Says that `loaded` bytes of file number `index` are here; reports from time to time. */
  set(index: number, loaded: number): void;
  /** Reports what there is, without waiting. */
  finish(): void;
}

/**
 * Creates the bar of one download. It never runs backwards, also where a file turns out longer than it was said to be.
 *
 * @param sizes bytes of each file
 * @param item the download's name in the reports
 */
export function createByteProgress(
  sizes: readonly number[],
  item: string,
  report: ReportProgress,
): ByteProgress {
  const loaded = sizes.map(() => 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let reportedAt = Number.NEGATIVE_INFINITY;
  const send = (): void => {
    reportedAt = performance.now();
    const sum = loaded.reduce((left, right) => left + right, 0);
    report({ phase: "download", item, loaded: sum, total });
  };
  return {
    set(index, bytes) {
      loaded[index] = Math.min(bytes, sizes[index] ?? 0);
      if (performance.now() - reportedAt >= REPORT_INTERVAL_MS) send();
    },
    finish: send,
  };
}
