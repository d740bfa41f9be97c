import { AppError } from "../errors.ts";
import { BLOCK, GROUP, TILE_BLOCK_BYTES, TILE_ROWS } from "./kernel.ts";
import type { KernelArena } from "./kernel-arena.ts";
import { SCRATCH_BYTES } from "./kernel-exports.ts";
import type { PackedMatrix } from "./packed-matrix.ts";

/** Gain and bias of a LayerNorm in the kernel's memory. */
export interface PackedNorm {
  readonly gain: number;
  readonly bias: number;
}

/** One pre-LN encoder layer in the kernel's memory. */
export interface PackedLayer {
  readonly norm1: PackedNorm;
  readonly qkv: PackedMatrix;
  readonly out: PackedMatrix;
  readonly norm2: PackedNorm;
  readonly fc1: PackedMatrix;
  readonly fc2: PackedMatrix;
}

/** What the steps need to know of a tower. */
export interface TowerShape {
  readonly width: number;
  readonly heads: number;
  readonly mlpWidth: number;
  readonly epsilon: number;
}

/** How rows hang together. */
interface SequenceOptions {
  /** Whether a token sees only itself and those before it. */
  readonly causal?: boolean;
  /** Sequences of equal length that the rows are made of, one after another. */
  readonly sequences?: number;
}

/** Bytes of a float32. */
const FLOAT = 4;

/** Rows that a buffer needs for `rows` rows: whole tiles, and one more, since a tile may begin at an odd row. */
function roomyRows(rows: number): number {
  return Math.ceil(rows / TILE_ROWS) * TILE_ROWS + TILE_ROWS;
}

/** The steps of a transformer on rows in the kernel's memory. Addresses name buffers of {@link roomyRows} rows. */
export class TowerSteps {
  readonly arena: KernelArena;
  readonly shape: TowerShape;
  /** A bias of zeros for products without one. */
  readonly #zeros: number;
  #quantized = 0;
  #rowScales = 0;

  /** @param widest outputs of the widest product */
  constructor(arena: KernelArena, shape: TowerShape, widest: number) {
    this.arena = arena;
    this.shape = shape;
    this.#zeros = arena.put(new Float32Array(widest));
  }

  /** Allocates what the steps need for themselves, for products of up to `rows` rows of `inputs` numbers. */
  prepare(rows: number, inputs: number): void {
    const blocks = Math.ceil(inputs / BLOCK);
    this.#quantized = this.arena.allocate(
      (roomyRows(rows) / TILE_ROWS) * blocks * TILE_BLOCK_BYTES,
    );
    this.#rowScales = this.arena.allocate(roomyRows(rows) * FLOAT);
  }

  /** Address of a new buffer. */
  buffer(rows: number, columns: number): number {
    return this.arena.allocate(roomyRows(rows) * columns * FLOAT);
  }

  /**
   * y = x·W + b (+ residual).
   *
   * @param stride bytes from one row of `x` to the next; without it, the rows lie side by side
   */
  linear(
    x: number,
    rows: number,
    matrix: PackedMatrix,
    out: number,
    { residual = 0, withBias = true, stride = matrix.inputs * FLOAT } = {},
  ): void {
    const { kernel } = this.arena;
    const tiles = Math.ceil(rows / TILE_ROWS);
    const { inputs, most } = matrix;
    kernel.quantizeRows(x, stride, tiles, inputs, most, this.#quantized, this.#rowScales);
    kernel.multiply({
      quantized: this.#quantized,
      rowScales: this.#rowScales,
      weights: matrix.weights,
      bias: withBias && matrix.bias !== 0 ? matrix.bias : this.#zeros,
      residual,
      out,
      stride: matrix.outputs * FLOAT,
      tiles,
      blocks: Math.ceil(matrix.inputs / BLOCK),
      groups: matrix.outputs / GROUP,
    });
  }

  /** LayerNorm of rows of the tower's width. */
  layerNorm(x: number, rows: number, norm: PackedNorm, out: number): void {
    const { width, epsilon } = this.shape;
    const { kernel } = this.arena;
    kernel.layerNorm(x, width * FLOAT, rows, width, norm.gain, norm.bias, epsilon, out);
  }

  /**
   * Multi-head attention inside of each sequence, before the output projection.
   *
   * @throws AppError `invalid-argument` for sequences whose scores outgrow a thread's scratch memory
   */
  attention(
    qkv: number,
    rows: number,
    out: number,
    { causal = false, sequences = 1 }: SequenceOptions = {},
  ): void {
    const { width, heads } = this.shape;
    const tokens = rows / sequences;
    if (tokens * FLOAT > SCRATCH_BYTES) {
      throw new AppError({ code: "invalid-argument", what: `attention over ${tokens} tokens` });
    }
    for (let first = 0; first < rows; first += tokens) {
      const own = first * width * FLOAT;
      this.arena.kernel.attention({
        qkv: qkv + 3 * own,
        out: out + own,
        tokens,
        width,
        heads,
        causal,
      });
    }
  }

  /** A whole layer: attention and MLP, each with its residual; from `x` to `x`. */
  layer(
    x: number,
    rows: number,
    layer: PackedLayer,
    room: LayerRoom,
    options: SequenceOptions = {},
  ): void {
    const { norm1, qkv, out, norm2, fc1, fc2 } = layer;
    this.layerNorm(x, rows, norm1, room.normalized);
    this.linear(room.normalized, rows, qkv, room.qkv);
    this.attention(room.qkv, rows, room.mixed, options);
    this.linear(room.mixed, rows, out, room.middle, { residual: x });
    this.layerNorm(room.middle, rows, norm2, room.normalized);
    this.linear(room.normalized, rows, fc1, room.hidden);
    this.arena.kernel.quickGelu(room.hidden, rows * this.shape.mlpWidth);
    this.linear(room.hidden, rows, fc2, x, { residual: room.middle });
  }

  /** The buffers of {@link TowerSteps.layer}. */
  layerRoom(rows: number): LayerRoom {
    const { width, mlpWidth } = this.shape;
    return {
      normalized: this.buffer(rows, width),
      qkv: this.buffer(rows, 3 * width),
      mixed: this.buffer(rows, width),
      middle: this.buffer(rows, width),
      hidden: this.buffer(rows, mlpWidth),
    };
  }
}

/** Addresses of what a layer computes on the way. */
export interface LayerRoom {
  readonly normalized: number;
  readonly qkv: number;
  readonly mixed: number;
  readonly middle: number;
  readonly hidden: number;
}
