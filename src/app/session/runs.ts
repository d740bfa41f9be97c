import { type AppErrorDetail, abortError, isAbort } from "../../core/errors.ts";
import { errorDetail } from "../error-detail.ts";

/** One piece of work for the page; its number tells whose events count, its signal ends with the next one. */
export interface Run {
  readonly run: number;
  readonly signal: AbortSignal;
}

/** The page does one thing at a time: a run ends the one before it. */
export interface Runs {
  /** Ends the run before and begins the next. */
  start(): Run;
  /** The newest run, to go on with its work: where it was cancelled, with a signal that is not aborted yet. */
  resume(): Run;
  /** Ends the newest run. */
  abort(): void;
  /** Tells of what a run threw, unless the run is over or was cancelled. */
  fail(run: Run, error: unknown): void;
}

/**
 * Creates it.
 *
 * @param newest number of the newest run that the state knows
 * @param onFailure called with what ended a run before its time
 */
export function createRuns(
  newest: () => number,
  onFailure: (run: number, error: AppErrorDetail) => void,
): Runs {
  let controller = new AbortController();
  return {
    start() {
      controller.abort();
      controller = new AbortController();
      return { run: newest() + 1, signal: controller.signal };
    },
    resume() {
      if (controller.signal.aborted) controller = new AbortController();
      return { run: newest(), signal: controller.signal };
    },
    abort: () => controller.abort(abortError()),
    fail({ run, signal }, error) {
      if (signal.aborted || isAbort(error)) return;
      onFailure(run, errorDetail(error));
    },
  };
}
