import type { ProgressStep, ReportProgress } from "../progress.ts";
import type { SearchAnswer } from "../protocol.ts";

/** What a search tells while it runs, and what it needs from its surroundings. */
export interface SearchHooks {
  /** Gets the answer of every wave but the last that had to wait for bytes. */
  onAnswer(answer: SearchAnswer): void;
  readonly report: ReportProgress;
  /** Milliseconds from any origin. */
  now(): number;
  /** Lets pending messages be handled. */
  pause(): Promise<void>;
}

/** How long each step of a search took, in milliseconds. */
type SearchTimings = Partial<Record<ProgressStep, number>>;

/** Runs steps, tells of them and measures them. */
export interface StepTimer {
  readonly timings: SearchTimings;
  run<T>(step: ProgressStep, work: () => T | Promise<T>): Promise<T>;
}

/** Creates a timer that has measured nothing. */
export function createStepTimer({ report, now }: Pick<SearchHooks, "report" | "now">): StepTimer {
  const timings: SearchTimings = {};
  return {
    timings,
    async run(step, work) {
      report({ phase: "step", step });
      const start = now();
      const result = await work();
      timings[step] = (timings[step] ?? 0) + now() - start;
      return result;
    },
  };
}

/** How long a scan may run before pending messages, a cancellation among them, get their turn, in milliseconds. */
const SLICE_MS = 12;
/** Least time between two reports of one scan, in milliseconds. */
const REPORT_MS = 100;

/** Counts what a scan has scored, reports it, and gives way to messages. */
export interface ScanPace {
  scanned(): number;
  /** Notes that rows were scored; to be waited for where it gives a promise. */
  add(rows: number): void | Promise<void>;
  /** Reports at once. */
  report(): void;
}

/** Creates a count of rows out of `total`. */
export function createScanPace(
  hooks: Pick<SearchHooks, "report" | "now" | "pause">,
  total: number,
  signal: AbortSignal,
): ScanPace {
  let scanned = 0;
  let sliceStart = hooks.now();
  let reportedAt = sliceStart;
  const report = () => {
    reportedAt = hooks.now();
    hooks.report({ phase: "scan", scanned, total });
  };
  return {
    scanned: () => scanned,
    report,
    add(rows) {
      scanned += rows;
      if (hooks.now() - sliceStart < SLICE_MS) return;
      if (hooks.now() - reportedAt > REPORT_MS) report();
      return hooks.pause().then(() => {
        signal.throwIfAborted();
        sliceStart = hooks.now();
      });
    },
  };
}
