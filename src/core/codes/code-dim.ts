/** A nibble row is scanned in blocks of 16 bytes, which hold this many numbers. */
const BLOCK_DIMS = 32;

/** Numbers in code space, D: the `dim` numbers of a vector, padded with zeros to a multiple of 32. */
export function codeDimOf(dim: number): number {
  return Math.ceil(dim / BLOCK_DIMS) * BLOCK_DIMS;
}
