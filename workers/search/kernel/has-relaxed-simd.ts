/** A module with one function of one relaxed product, i16x8.relaxed_dot_i8x16_i7x16_s(splat(0), splat(0)). */
const PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  // Its type, () → v128; the function; its body.
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0f, 0x01, 0x0d, 0x00],
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x92, 0x02, 0x0b],
);

/**
 * True where the engine takes the builds of the scan kernel that multiply bytes (the WebAssembly proposal "relaxed SIMD", part of version
 * 3.0). Both kinds of builds give the same bits.
 */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(PROBE);
}
