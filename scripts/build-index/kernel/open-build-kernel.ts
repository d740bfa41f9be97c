import { readFileSync } from "node:fs";
import { BuildError } from "../build-error.ts";

/** What assembly/build.ts exports; addresses and lengths in bytes. */
interface BuildExports {
  nearest(
    rows: number,
    list: number,
    count: number,
    bytes: number,
    weights: number,
    biases: number,
    first: number,
    classes: number,
    best: number,
    classOf: number,
    sums: number,
  ): void;
  products(
    rows: number,
    count: number,
    bytes: number,
    weights: number,
    outputs: number,
    out: number,
    sums: number,
  ): void;
  normalize(rows: number, count: number, bytes: number, lengths: number): void;
  halves(from: number, count: number, to: number): void;
  sumLengths(a: number, b: number, count: number, bytes: number, lengths: number): void;
  residuals(
    rows: number,
    count: number,
    bytes: number,
    centroids: number,
    clusters: number,
    hub: number,
    h: number,
    out: number,
  ): void;
  rotate(
    points: number,
    count: number,
    dims: number,
    rounds: number,
    signs: number,
    from: number,
    scratch: number,
  ): void;
  encode(
    points: number,
    count: number,
    dims: number,
    codes: number,
    planes: number,
    f4: number,
    f1: number,
  ): void;
}

const WASM = new URL("./build.wasm", import.meta.url);
const PAGE_BYTES = 1 << 16;
/** Everything lies at a multiple of this: a vector register. */
const ALIGNMENT = 16;

const NAMES: readonly (keyof BuildExports)[] = [
  ...(["nearest", "products", "normalize", "halves"] as const),
  ...(["sumLengths", "residuals", "rotate", "encode"] as const),
];

function isBuildExports(exports: object): exports is BuildExports {
  return NAMES.every((name) => typeof Reflect.get(exports, name) === "function");
}

/** The kernel and its memory, which one task after the other has for itself. */
export interface BuildKernel {
  readonly exports: BuildExports;
  /** Gives all of the memory back. */
  release(): void;
  /** Room for so many bytes: its address. */
  allocate(bytes: number): number;
  /** Room for an array, filled with it: its address. */
  place(values: Float32Array | Uint32Array): number;
  /** The memory as it is now; allocating more may detach it. */
  buffer(): ArrayBuffer;
}

/**
 * Opens the kernel on this thread.
 *
 * @throws BuildError where the file is not that kernel
 */
export function openBuildKernel(): BuildKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(readFileSync(WASM));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!isBuildExports(exports)) throw new BuildError("build.wasm is not the builder's kernel");
  let end = ALIGNMENT;
  const allocate = (bytes: number) => {
    const start = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    return start;
  };
  return {
    exports,
    allocate,
    release() {
      end = ALIGNMENT;
    },
    place(values) {
      const start = allocate(values.byteLength);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(memory.buffer).set(bytes, start);
      return start;
    },
    buffer: () => memory.buffer,
  };
}
