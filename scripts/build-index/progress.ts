/** What the builder is at, in the order in which a build goes through it. */
type BuildPhase =
  | "corpus"
  | "embed"
  | "sample"
  | "clusters"
  | "metric"
  | "codes"
  | "layout"
  | "read-back"
  | "proof";

/** Tells how much memory a build has had at most, and where. */
export interface MemoryWatch {
  /** Says which phase begins; what lies between two phases counts to the one before. */
  enter(phase: BuildPhase): void;
  peak(): { readonly megabytes: number; readonly phase: BuildPhase };
}

/** The system counts resident memory in KiB. */
const KIB_PER_MB = 1e6 / 1024;

/** Megabytes that this process has had resident at most up to now. */
function mostResident(): number {
  return Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
}

/**
 * Watches the memory of a build.
 *
 * @param most megabytes that the process has had resident at most up to now
 */
export function watchMemory(most: () => number = mostResident): MemoryWatch {
  let phase: BuildPhase = "corpus";
  let known: ReturnType<MemoryWatch["peak"]> = { megabytes: 0, phase };
  const look = () => {
    const megabytes = most();
    if (megabytes > known.megabytes) known = { megabytes, phase };
    return known;
  };
  return {
    enter(next) {
      look();
      phase = next;
    },
    peak: look,
  };
}

/** Says something, a line at a time. */
export type Log = (line: string) => void;

/** Takes how much of a phase is done, in units of its own. */
export type ReportPhase = (phase: BuildPhase, done: number, total: number) => void;

/** Milliseconds between two lines about one phase. */
const PAUSE_MS = 5000;
/** From this share on the time that is left can be told. */
const LEAST_SHARE = 0.01;

/**
 * Turns reports into lines: at most one in five seconds for each phase, with how long the phase has to go; and one when it is done, with
 * how long it took and how much memory the process has had at most up to then.
 *
 * @param now milliseconds from any origin
 */
export function createPhaseLog(log: Log, now: () => number, memory: MemoryWatch): ReportPhase {
  const started = new Map<BuildPhase, { readonly at: number; readonly done: number }>();
  const shown = new Map<BuildPhase, number>();
  return (phase, done, total) => {
    const time = now();
    const start = started.get(phase);
    if (start === undefined) {
      // All of it was done in an earlier run.
      if (done >= total) return;
      // What was done in an earlier run says nothing about the pace of this one.
      started.set(phase, { at: time, done });
      memory.enter(phase);
      shown.set(phase, time);
      log(`${phase}: begins`);
      return;
    }
    const took = time - start.at;
    if (done >= total) {
      started.delete(phase);
      log(
        `${phase}: done in ${words(took)}, ${memory.peak().megabytes} MB of memory at most so far`,
      );
      return;
    }
    if (time - (shown.get(phase) ?? 0) < PAUSE_MS) return;
    shown.set(phase, time);
    const share = (done - start.done) / Math.max(total - start.done, 1);
    const left = share < LEAST_SHARE ? "" : `, ${words((took * (1 - share)) / share)} left`;
    log(`${phase}: ${Math.floor((100 * done) / total)} %${left}`);
  };
}

/** A duration as "4 s" or "2 min 5 s". */
function words(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
