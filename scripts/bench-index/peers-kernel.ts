import { readFileSync } from "node:fs";

const KERNEL = new URL("./kernel/peers.wasm", import.meta.url);
const START = 1024;
const PAGE_BYTES = 65_536;
const ALIGNMENT = 16;

type Exports = Readonly<
  Record<"scanFloats" | "scanBytes" | "scanProducts", (...parameters: number[]) => void>
>;

function isExports(exports: object): exports is Exports {
  return ["scanFloats", "scanBytes", "scanProducts"].every((name) => name in exports);
}

/** The scans of the peers in WebAssembly SIMD with memory of their own; one for each method. */
export class PeersKernel {
  readonly scans: Exports;
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  #end = START;

  constructor() {
    const module = new WebAssembly.Module(readFileSync(KERNEL));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    if (!isExports(exports)) throw new TypeError("peers.wasm is not the peers' kernel");
    this.scans = exports;
  }

  /** Puts bytes into memory, and gives their address. */
  put(data: ArrayBufferView): number {
    const address = this.take(data.byteLength);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(this.#memory.buffer).set(bytes, address);
    return address;
  }

  /** Takes room for `bytes` bytes, and gives its address. */
  take(bytes: number): number {
    const address = this.#end;
    this.#end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    return address;
  }

  /** Overwrites what lies at an address. */
  write(address: number, data: ArrayBufferView): void {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(this.#memory.buffer).set(bytes, address);
  }

  /** A view of numbers, until the next `put` or `take`. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, count);
  }
}
