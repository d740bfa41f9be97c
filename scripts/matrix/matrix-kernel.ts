import { readFileSync } from "node:fs";

const KERNEL = new URL("./matrix.wasm", import.meta.url);
/** The first kilobyte stays free, as compilers expect. */
const START = 1024;
const PAGE_BYTES = 65_536;
const ALIGNMENT = 16;
/** Vectors that the kernel multiplies together. */
const GROUP = 8;
/** Rows that the kernel multiplies together. */
const ROWS = 4;

type Exports = Readonly<
  Record<"pack" | "multiply" | "findReaching", (...parameters: number[]) => number>
>;

function isExports(exports: object): exports is Exports {
  return ["pack", "multiply", "findReaching"].every((name) => name in exports);
}

/** Room in the kernel's memory. */
export interface Room {
  readonly address: number;
  /** Bytes. */
  readonly bytes: number;
}

/** The right side of a product: vectors that lie packed in the kernel's memory. */
export interface PackedVectors {
  readonly room: Room;
  readonly count: number;
  readonly depth: number;
  /** `count` rounded up to a multiple of eight: the columns of a product; those past `count` are zero. */
  readonly columns: number;
}

/**
 * Float32 matrix products in WebAssembly SIMD, on the calling thread: about ten times as fast as loops in JavaScript, and
 * the same bits on every machine. Rooms are taken once and used again; views are made anew at each use, since growing
 * memory detaches them.
 */
export class MatrixKernel {
  readonly #exports: Exports;
  readonly #memory: WebAssembly.Memory;
  #end = START;

  /** Compiles the kernel; throws where the file is not that kernel. */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1 });
    const module = new WebAssembly.Module(readFileSync(KERNEL));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    if (!isExports(exports)) throw new TypeError("matrix.wasm is not the matrix kernel");
    this.#exports = exports;
  }

  /** Takes room for `count` numbers of four bytes. Throws RangeError past 4 GiB. */
  take(count: number): Room {
    const room = { address: this.#end, bytes: 4 * count };
    this.#end += Math.ceil(room.bytes / ALIGNMENT) * ALIGNMENT;
    const missing = this.#end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    return room;
  }

  /** A view of a room, until the next `take` or `pack`. */
  floats({ address, bytes }: Room): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#memory.buffer, address, bytes / 4);
  }

  /** Packs vectors [count × depth], row-major, as the right side of products. */
  pack(vectors: Float32Array, depth: number): PackedVectors {
    const count = vectors.length / depth;
    const columns = Math.ceil(count / GROUP) * GROUP;
    const room = this.take(columns * depth);
    const start = this.#end;
    const plain = this.take(vectors.length);
    this.floats(plain).set(vectors);
    this.#exports.pack(plain.address, count, depth, room.address);
    this.#end = start;
    return { room, count, depth, columns };
  }

  /**
   * out[row][column] = ⟨row, vector⟩ for rows [count × depth].
   *
   * @param out room for `count` × `vectors.columns` numbers
   * @throws RangeError where `count` is not a multiple of four or a room too small
   */
  multiply(rows: Room, count: number, vectors: PackedVectors, out: Room): void {
    const { room, depth, columns } = vectors;
    const fits = rows.bytes >= 4 * count * depth && out.bytes >= 4 * count * columns;
    if (count % ROWS !== 0 || !fits) throw new RangeError(`a product of ${count} rows`);
    this.#exports.multiply(
      rows.address,
      4 * depth,
      count,
      depth,
      room.address,
      columns / GROUP,
      out.address,
      4 * columns,
    );
  }

  /**
   * Places row · columns + column of the scores [count × columns] that reach their column's threshold, in order; a view
   * of `places`, until the next `take` or `pack`.
   *
   * @param places room for as many numbers as there are scores
   * @throws RangeError where a room is too small
   */
  findReaching(
    scores: Room,
    count: number,
    columns: number,
    thresholds: Room,
    places: Room,
  ): Uint32Array {
    const bytes = 4 * count * columns;
    if (scores.bytes < bytes || places.bytes < bytes || thresholds.bytes < 4 * columns) {
      throw new RangeError(`scores of ${count} rows`);
    }
    const found = this.#exports.findReaching(
      scores.address,
      count,
      columns,
      thresholds.address,
      places.address,
    );
    return new Uint32Array(this.#memory.buffer, places.address, found);
  }
}
