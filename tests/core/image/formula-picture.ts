/** The formula picture of tests/reference/make_pillow_goldens.py: RGB bytes [height × width × 3]. */
export function formulaPicture(width: number, height: number): Uint8Array {
  const rgb = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const noise = (x * 7919 + y * 104729 + x * y * 31) % 64;
      const checks = (((x >> 4) + (y >> 4)) % 2) * 90;
      rgb.set(
        [
          noise + checks + Math.floor((x * 100) / width),
          (noise * 3 + y * 2) % 256,
          checks + 255 - noise - Math.floor((y * 90) / height),
        ],
        (y * width + x) * 3,
      );
    }
  }
  return new Uint8Array(rgb.buffer);
}
