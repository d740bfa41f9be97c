/** Four entries are summed in one byte. */
const MOST_ENTRY = 63;
const MOST_U16 = 65_535;
const GROUP = 4;

/**
 * What every group of four signs adds to a score, in 6 bits, so that four look-ups sum in a byte (PQ Fast Scan, VLDB 2015):
 * Σ q' · s ≈ a · Σ entries + b.
 */
export interface SignTable {
  /** [D / 4 × 16]: entry v of group g is for signs 4g … 4g + 3 that are 1 where the bits of v are set, else −1. */
  readonly entries: Uint8Array<ArrayBuffer>;
  readonly a: number;
  readonly b: number;
}

/** Makes the table of a query in code space [D]. */
export function createSignTable(inCodeSpace: Float32Array): SignTable {
  const groups = inCodeSpace.length / GROUP;
  const least = new Float64Array(groups);
  inCodeSpace.forEach((value, i) => {
    least[i >> 2] = (least[i >> 2] ?? 0) - Math.abs(value);
  });
  const widest = 2 * least.reduce((most, value) => Math.max(most, -value), 0);
  // Sums over all groups are kept in 16 bits.
  const a = widest / Math.min(MOST_ENTRY, Math.floor(MOST_U16 / groups));
  const entries = new Uint8Array(16 * groups);
  for (let group = 0; group < groups; group++) {
    for (let bits = 0; bits < 16; bits++) {
      let sum = 0;
      for (let i = 0; i < GROUP; i++) {
        const value = inCodeSpace[GROUP * group + i] ?? 0;
        sum += ((bits >> i) & 1) === 1 ? value : -value;
      }
      entries[16 * group + bits] = a > 0 ? Math.round((sum - (least[group] ?? 0)) / a) : 0;
    }
  }
  return { entries, a, b: least.reduce((sum, value) => sum + value, 0) };
}
