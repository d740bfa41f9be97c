/** The part of a WebAssembly.Memory that the tower needs. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages of 64 KiB. */
  grow(pages: number): number;
}

/** A product that the kernel computes: out = rows · matrix + bias (+ residual). All are addresses in its memory. */
export interface KernelProduct {
  readonly quantized: number;
  readonly rowScales: number;
  readonly weights: number;
  readonly bias: number;
  /** What is added to the result, laid out like it, or 0. */
  readonly residual: number;
  readonly out: number;
  /** Bytes from one row of the result to the next. */
  readonly stride: number;
  /** Pairs of rows. */
  readonly tiles: number;
  /** Blocks of 32 inputs. */
  readonly blocks: number;
  /** Groups of 16 outputs. */
  readonly groups: number;
}

/** Multi-head attention that the kernel computes; see `attention` in the kernel's source. */
interface KernelAttention {
  readonly qkv: number;
  readonly out: number;
  readonly tokens: number;
  readonly width: number;
  readonly heads: number;
  readonly causal: boolean;
}

/**
 * Arithmetic of a transformer on integer weights, in WebAssembly. Calls end when the result is there, however many
 * threads took part.
 */
export interface TowerKernel {
  readonly memory: KernelMemory;
  /** First address that is free for the caller. */
  readonly base: number;
  quantizeRows(
    x: number,
    stride: number,
    tiles: number,
    columns: number,
    most: number,
    quantized: number,
    scales: number,
  ): void;
  multiply(product: KernelProduct): void;
  layerNorm(
    x: number,
    stride: number,
    rows: number,
    width: number,
    gain: number,
    bias: number,
    epsilon: number,
    out: number,
  ): void;
  quickGelu(x: number, count: number): void;
  attention(task: KernelAttention): void;
  /** Ends its threads. */
  release(): void;
}

/** Largest magnitude of quantised rows before 8-bit weights, and before 12-bit ones: 32 products fit into 32 bits. */
export const MOST_BEFORE_8_BITS = 32_767;
export const MOST_BEFORE_12_BITS = 16_383;
/** Columns of the result that are computed together. */
export const GROUP = 16;
/** Inputs that share a scale. */
export const BLOCK = 32;
/** Rows that are computed together. */
export const TILE_ROWS = 2;
/** Bytes of one block of one tile of quantised rows. */
export const TILE_BLOCK_BYTES = 128;
