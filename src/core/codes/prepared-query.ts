/** A query as the scans take it. */
export interface PreparedQuery {
  /** Numbers in code space, D. */
  readonly codeDim: number;
  /**
   * [D] the query in code space as integers from −127 to 127, q' ≈ a · i16, in the order of the nibble scan: for the 16 bytes j of a row (numbers 32j …
   * 32j + 31) the entry 32j + 8s + k belongs to number 32j + 4k + s, which is the nibble s of the 16-bit word k.
   */
  readonly i16: Int16Array<ArrayBuffer>;
  readonly a: number;
  /** −7.5 · a · Σ i16, which turns a · Σ i16 · u into <q', u − 7.5>. */
  readonly b: number;
  /** <q, m>: what a component along the hub direction counts; 0 where there is none. */
  readonly hub: number;
  /** True where scores are multiplied by the rows' adapted factors; `original` is Mᵀq then. */
  readonly isAdapted: boolean;
  /** [dim] the query against base vectors. */
  readonly original: Float32Array<ArrayBuffer>;
  /** [D] q' = R · P · A⁻¹ · q. */
  readonly inCodeSpace: Float32Array<ArrayBuffer>;
}
