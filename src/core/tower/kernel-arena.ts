import type { TowerKernel } from "./kernel.ts";

const PAGE_BYTES = 65_536;
/** A cache line. */
const ALIGNMENT = 64;

/** Hands out the memory of a kernel, from the lowest address up. What was handed out last is given back first. */
export class KernelArena {
  readonly kernel: TowerKernel;
  #end: number;

  constructor(kernel: TowerKernel) {
    this.kernel = kernel;
    this.#end = Math.ceil(kernel.base / ALIGNMENT) * ALIGNMENT;
  }

  /** The address behind all that was handed out. */
  get end(): number {
    return this.#end;
  }

  /**
   * Address of `bytes` new bytes.
   *
   * @throws RangeError where the memory cannot grow that far
   */
  allocate(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes) / ALIGNMENT) * ALIGNMENT;
    const { memory } = this.kernel;
    const missing = this.#end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return at;
  }

  /** Gives back everything from the address `end` on. */
  release(end: number): void {
    this.#end = end;
  }

  /** `count` numbers at an address. Allocating makes earlier views useless. */
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.kernel.memory.buffer, at, count);
  }

  /** A copy of `count` numbers at an address. */
  take(at: number, count: number): Float32Array<ArrayBuffer> {
    const copy = new Float32Array(count);
    copy.set(this.floats(at, count));
    return copy;
  }

  /** Address of a new copy of `values`. */
  put(values: Float32Array): number {
    const at = this.allocate(values.byteLength);
    this.floats(at, values.length).set(values);
    return at;
  }
}
