/**
 * What every group of four signs adds to a score, in 6 bits, so that four look-ups sum in a byte: Σ q' · s ≈ a · Σ entries + b.
 */
export interface SignTable {
  /** [D / 4 × 16] entries 0 … 63; entry v of group g is for the four signs 4g … 4g + 3 whose bits are those of v. */
  readonly entries: Uint8Array<ArrayBuffer>;
  readonly a: number;
  readonly b: number;
}
