/** Bits of a code below its sign: the planes of `rest`, from bit 2 down to bit 0. */
const MAGNITUDE_BITS = 3;
const SIGN_BIT = 3;

/**
 * Writes the sign plane of one row: number 8p + i into bit i of byte p.
 *
 * @param codes [D] u, 0 … 15
 */
export function packSigns(codes: Uint8Array, target: Uint8Array, offset: number): void {
  packPlane(codes, SIGN_BIT, target, offset);
}

/** Writes the planes of bits 2, 1 and 0 of one row, 3 · D / 8 bytes. */
export function packMagnitudes(codes: Uint8Array, target: Uint8Array, offset: number): void {
  const planeBytes = codes.length / 8;
  for (let plane = 0; plane < MAGNITUDE_BITS; plane++) {
    packPlane(codes, MAGNITUDE_BITS - 1 - plane, target, offset + plane * planeBytes);
  }
}

function packPlane(codes: Uint8Array, bit: number, target: Uint8Array, offset: number): void {
  for (let byte = 0; byte < codes.length / 8; byte++) {
    let packed = 0;
    for (let i = 0; i < 8; i++) packed |= (((codes[8 * byte + i] ?? 0) >> bit) & 1) << i;
    target[offset + byte] = packed;
  }
}
