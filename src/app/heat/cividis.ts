/**
 * Ten stops of cividis, a map that people with and without a colour-vision deficiency read alike and whose lightness
 * rises evenly (Nuñez, Anderton and Renslow, PLOS ONE 13(7), 2018).
 */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
];

/** The sRGB colour [0–255 each] for `value` between 0 and 1. */
export function cividis(value: number): readonly [number, number, number] {
  const place = Math.min(1, Math.max(0, value)) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(place));
  const from = STOPS[index] ?? [0, 0, 0];
  const to = STOPS[index + 1] ?? from;
  const share = place - index;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(from[channel] + (to[channel] - from[channel]) * share);
  return [mix(0), mix(1), mix(2)];
}
