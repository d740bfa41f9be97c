import { SCRATCH_BYTES, SCRATCH_START, type TowerExports } from "./kernel-exports.ts";

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
const ARITY = 7;
const PARAMETERS = 8;
const MOST_PARAMETERS = 11;
/** Looks at a counter before a thread goes to sleep: to wake it up takes longer than the kernel's shortest step. */
const SPINS = 4000;

/** The exports that work on a range. */
const OPERATIONS = ["multiply", "attention"] as const;

/** One call of the kernel that can be cut into pieces. */
export interface KernelJob {
  readonly operation: (typeof OPERATIONS)[number];
  /** Parameters before the range; behind it, `attention` takes its thread's scratch. */
  readonly parameters: readonly number[];
  /** Groups or heads in all, and in one piece. */
  readonly count: number;
  readonly piece: number;
}

/**
 * How the threads of one kernel share its work, on a block of numbers in their shared memory. Pieces are claimed by a
 * counter that runs down; a claimed piece keeps the job open, so its parameters stand still until it is done. A thread
 * that wakes up late finds nothing to claim, and nobody waits for it.
 */
export class KernelJobs {
  readonly #control: Int32Array;
  readonly #exports: TowerExports;
  readonly #scratch: number;

  /** @param thread 0 for the thread that posts, then counting up */
  constructor(memory: ArrayBufferLike, exports: TowerExports, thread: number) {
    this.#control = new Int32Array(memory, CONTROL_START, PARAMETERS + MOST_PARAMETERS);
    this.#exports = exports;
    this.#scratch = SCRATCH_START + thread * SCRATCH_BYTES;
  }

  /** Posts a job, helps with it, and returns when all of it is done. */
  run({ operation, parameters, count, piece }: KernelJob): void {
    const control = this.#control;
    const total = Math.ceil(count / piece);
    control[OPERATION] = OPERATIONS.indexOf(operation);
    control[COUNT] = count;
    control[PIECE] = piece;
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
      if (done === total) return;
      spins += 1;
      if (spins > SPINS) Atomics.wait(control, DONE, done);
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
      const name = OPERATIONS[control[OPERATION] ?? 0] ?? "multiply";
      const piece = control[PIECE] ?? 1;
      const first = index * piece;
      const last = Math.min(first + piece, control[COUNT] ?? 0);
      const parameters = control.subarray(PARAMETERS, PARAMETERS + (control[ARITY] ?? 0));
      this.#exports[name](...parameters, first, last, this.#scratch);
      const done = Atomics.add(control, DONE, 1) + 1;
      if (done === control[TOTAL]) Atomics.notify(control, DONE);
    }
  }
}
