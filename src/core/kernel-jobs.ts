/** Address of the control block, in the first kilobyte of the kernel's memory. */
const CONTROL_START = 64;
/** Places in the control block, in 32-bit words; parameters last. */
const SEQUENCE = 0;
const UNCLAIMED = 1;
const DONE = 2;
const TOTAL = 3;
const OPERATION = 4;
const COUNT = 5;
const PIECE = 6;
const SCRATCH = 7;
const SCRATCH_BYTES = 8;
const ARITY = 9;
const PARAMETERS = 10;
const MOST_PARAMETERS = 11;
/** Looks at a counter before a thread goes to sleep: to wake it up takes longer than the kernel's shortest step. */
const SPINS = 4000;

/** A call of WebAssembly. */
type KernelCall = (...parameters: readonly number[]) => void;

/** The exports of a kernel that work on a range, by name. */
export type KernelCalls<Name extends string> = Readonly<Record<Name, KernelCall>>;

/** One call of a kernel that can be cut into pieces. */
export interface KernelJob<Name extends string> {
  readonly operation: Name;
  /** Parameters before the range; behind it comes the thread's scratch. */
  readonly parameters: readonly number[];
  /** How many groups, heads or blocks there are in all, and in one piece. */
  readonly count: number;
  readonly piece: number;
  /** Room that no two threads share: where that of thread 0 lies, and how far apart they are. */
  readonly scratch: { readonly address: number; readonly bytes: number };
}

/** True for the exports of a module that has all of these. */
export function hasCalls<Name extends string>(
  exports: object,
  names: readonly Name[],
): exports is KernelCalls<Name> {
  return names.every((name) => typeof Reflect.get(exports, name) === "function");
}

/**
 * How the threads of one kernel share its work, on a block of numbers in their shared memory. Pieces are claimed by a
 * counter that runs down; a claimed piece keeps the job open, so its parameters stand still until it is done. A thread
 * that wakes up late finds nothing to claim, and nobody waits for it.
 */
export class KernelJobs<Name extends string> {
  readonly #control: Int32Array;
  readonly #calls: KernelCalls<Name>;
  readonly #names: readonly Name[];
  readonly #thread: number;

  /**
   * @param names of the calls that can be posted, the same on all threads
   * @param thread 0 for the thread that posts, then counting up
   */
  constructor(
    memory: ArrayBufferLike,
    calls: KernelCalls<Name>,
    names: readonly Name[],
    thread: number,
  ) {
    this.#control = new Int32Array(memory, CONTROL_START, PARAMETERS + MOST_PARAMETERS);
    this.#calls = calls;
    this.#names = names;
    this.#thread = thread;
  }

  /**
   * Posts a job, helps with it, and returns when all of it is done.
   *
   * @param patienceMs how long to wait for the pieces that other threads have claimed, while none gets done
   * @returns false where that was not enough: a thread is dead or stuck in the middle of the job. No other may then be posted.
   */
  run(job: KernelJob<Name>, patienceMs = Number.POSITIVE_INFINITY): boolean {
    const { operation, parameters, count, piece, scratch } = job;
    const control = this.#control;
    const total = Math.ceil(count / piece);
    control[OPERATION] = this.#names.indexOf(operation);
    control[COUNT] = count;
    control[PIECE] = piece;
    control[SCRATCH] = scratch.address;
    control[SCRATCH_BYTES] = scratch.bytes;
    control[ARITY] = parameters.length;
    control.set(parameters, PARAMETERS);
    control[TOTAL] = total;
    Atomics.store(control, DONE, 0);
    Atomics.store(control, UNCLAIMED, total);
    Atomics.add(control, SEQUENCE, 1);
    Atomics.notify(control, SEQUENCE);
    this.#runPieces();
    let spins = 0;
    for (;;) {
      const done = Atomics.load(control, DONE);
      if (done === total) return true;
      spins += 1;
      if (spins <= SPINS) continue;
      const outcome = Atomics.wait(control, DONE, done, patienceMs);
      if (outcome === "timed-out" && Atomics.load(control, DONE) === done) return false;
    }
  }

  /** Helps with one job after another, for as long as the thread lives. */
  help(): never {
    const control = this.#control;
    for (;;) {
      const sequence = Atomics.load(control, SEQUENCE);
      this.#runPieces();
      let spins = 0;
      while (spins < SPINS && Atomics.load(control, SEQUENCE) === sequence) spins += 1;
      if (spins === SPINS) Atomics.wait(control, SEQUENCE, sequence);
    }
  }

  #runPieces(): void {
    const control = this.#control;
    for (;;) {
      const index = Atomics.sub(control, UNCLAIMED, 1) - 1;
      if (index < 0) return;
      const name = this.#names[control[OPERATION] ?? 0];
      if (name === undefined) throw new Error("no such operation");
      const piece = control[PIECE] ?? 1;
      const first = index * piece;
      const last = Math.min(first + piece, control[COUNT] ?? 0);
      const parameters = control.subarray(PARAMETERS, PARAMETERS + (control[ARITY] ?? 0));
      // An address beyond 2³¹ has turned negative here; WebAssembly takes the same bits either way.
      const scratch = (control[SCRATCH] ?? 0) + this.#thread * (control[SCRATCH_BYTES] ?? 0);
      this.#calls[name](...parameters, first, last, scratch);
      const done = Atomics.add(control, DONE, 1) + 1;
      if (done === control[TOTAL]) Atomics.notify(control, DONE);
    }
  }
}
