import type { ReportProgress } from "../../src/core/progress.ts";

/** Least time between two lines, in milliseconds. */
const PAUSE_MS = 200;
/** Times are worth telling from this share on. */
const LEAST_SHARE = 0.02;

/** Where progress is shown: a terminal, or a double of one. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A duration as "4 s" or "2 min 5 s". */
function durationWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Shows conversion progress on one line of a terminal, with the time that is left; on anything else it shows nothing.
 *
 * @param parts what will be converted, as bytes of weights in all
 * @param now milliseconds from any origin
 */
export function showProgress(
  screen: Screen,
  total: number,
  now: () => number,
): { readonly report: ReportProgress; readonly end: () => void } {
  if (screen.isTTY !== true) return { report: () => {}, end: () => {} };
  const started = now();
  const loaded = new Map<string, number>();
  let shownAt = Number.NEGATIVE_INFINITY;
  const show = (text: string): void => {
    const columns = screen.columns ?? text.length;
    screen.write(`\r\u001b[K${text.slice(0, columns)}`);
  };
  return {
    report(progress) {
      if (progress.phase !== "convert") return;
      loaded.set(progress.item, progress.loaded);
      if (now() - shownAt < PAUSE_MS) return;
      shownAt = now();
      const done = [...loaded.values()].reduce((sum, bytes) => sum + bytes, 0);
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const left = ((shownAt - started) * (1 - share)) / share;
      const rest = share < LEAST_SHARE ? "" : `, ${durationWords(left)} left`;
      const megabytes = `${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`;
      show(`converting ${progress.item}: ${Math.floor(share * 100)} % (${megabytes}${rest})`);
    },
    end: () => void screen.write("\r\u001b[K"),
  };
}
