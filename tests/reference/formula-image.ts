/**
 * The picture that the goldens were made on: slopes, fine grain, hard edges and a disc, in integers only, so that it is
 * the same here and in make_goldens.py.
 *
 * @returns interleaved RGB [height × width × 3]
 */
export function formulaImage(width: number, height: number, seed: number): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(width * height * 3);
  const radius = Math.min(width, height) >> 2;
  const centreX = (width >> 1) + seed * 8;
  const centreY = height >> 1;
  let target = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isDisc = (x - centreX) ** 2 + (y - centreY) ** 2 < radius * radius;
      const grain = (x * y) >> 4;
      const check = 64 * (((x >> 4) ^ (y >> 4)) & 1);
      for (let channel = 0; channel < 3; channel++) {
        const slope = x * (2 + channel) + y * (3 + 2 * channel) + seed * 37;
        rgb[target++] = isDisc ? 60 + 80 * channel + 40 * seed : slope + grain + check;
      }
    }
  }
  return rgb;
}
