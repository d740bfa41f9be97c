import type { KernelJob, KernelJobs } from "../../../src/core/kernel-jobs.ts";
import type { KernelThreads } from "../../start-kernel-threads.ts";
import type { ScanOperation } from "./scan-exports.ts";

/** Scores that other threads are asked to help with: most of a visit's. A third of it takes as long as waking a thread. */
const LEAST_SCORES = 20_000;
/** How long a claimed piece may take, in milliseconds: one of a tenth of a millisecond on a machine that is very busy. */
const PATIENCE_MS = 2000;

/**
 * What became of a job: done by all threads; to be done alone; or given up, because a thread has died in the middle of it. A thread
 * that is only stuck may then still read and write what the job named.
 */
type JobOutcome = "done" | "alone" | "given-up";

/** The threads of a scan kernel. They start with the first job that is large enough for them, and none is missed that does not. */
export interface ScanThreads {
  /** The calling thread and its helpers. */
  readonly count: number;
  /** @param scores how many the job computes */
  run(job: KernelJob<ScanOperation>, scores: number): JobOutcome;
  /** Ends the helpers; jobs are to be done alone from then on. */
  release(): void;
}

/** What scan threads are made of. */
interface ScanThreadsParts {
  readonly count: number;
  readonly jobs: Pick<KernelJobs<ScanOperation>, "run">;
  /** Starts the helpers; may throw. */
  readonly start: () => KernelThreads;
  readonly patienceMs?: number;
  readonly leastScores?: number;
}

/** Creates the threads of a kernel, without starting them yet. */
export function createScanThreads(parts: ScanThreadsParts): ScanThreads {
  const { count, jobs, start, patienceMs = PATIENCE_MS, leastScores = LEAST_SCORES } = parts;
  let helpers: KernelThreads | null = null;
  let isOver = false;
  const release = () => {
    isOver = true;
    helpers?.release();
    helpers = null;
  };
  return {
    count,
    release,
    run(job, scores) {
      if (isOver || job.count < 2 || scores < leastScores) return "alone";
      try {
        helpers ??= start();
      } catch {
        release();
        return "alone";
      }
      if (jobs.run(job, patienceMs)) return "done";
      release();
      return "given-up";
    },
  };
}
