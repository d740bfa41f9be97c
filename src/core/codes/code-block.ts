/** Decoded rows of one cluster, or of one work, ready to be scanned. All arrays have one entry per row but `nibbles`. */
export interface CodeBlock {
  readonly count: number;
  /**
   * [count × D / 2] codes u (0 … 15): u of number 8p + i lies in bits 4i … 4i + 3 of the little-endian u32 number p of its row,
   * so that the 16-bit word w holds the numbers 4w … 4w + 3.
   */
  readonly nibbles: Uint8Array<ArrayBuffer>;
  /** <q', y> ≈ f4 · <q', u − 7.5>. */
  readonly f4: Float32Array<ArrayBuffer>;
  /** Component of the residual along the hub direction. */
  readonly h: Float32Array<ArrayBuffer>;
  /** 1 / ‖M · t‖: what turns <Mᵀq, t> into the score under the adapter. */
  readonly adaptedFactors: Float32Array<ArrayBuffer>;
  readonly flags: Uint16Array<ArrayBuffer>;
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly works: Uint32Array<ArrayBuffer>;
}
