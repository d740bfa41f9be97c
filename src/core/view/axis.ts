/**
 * Equal cells along one side of a picture: `count` of them fill `[start, start + length]`, and each ends where the seen
 * part of the picture, `[least, most]`, does.
 */
export interface Axis {
  readonly start: number;
  readonly length: number;
  readonly count: number;
  readonly least: number;
  readonly most: number;
}

/** Where cell number `index` begins, which is the very number at which its neighbour ends. */
export function axisEdge({ start, length, count, least, most }: Axis, index: number): number {
  return Math.min(most, Math.max(least, start + (index * length) / count));
}

/**
 * The cell whose edges hold a position, or null beyond the ends. A shared edge belongs to the later cell. The division
 * gives a guess that rounding can put one off; the edges decide, so that a point and the drawn cell never disagree.
 */
export function axisCellAt(axis: Axis, position: number): number | null {
  const { start, length, count } = axis;
  if (!(position >= axisEdge(axis, 0) && position < axisEdge(axis, count))) return null;
  let index = Math.min(count - 1, Math.max(0, Math.floor(((position - start) / length) * count)));
  while (index > 0 && position < axisEdge(axis, index)) index -= 1;
  while (index < count - 1 && position >= axisEdge(axis, index + 1)) index += 1;
  return index;
}

/** A cell of an axis and how much of something it covers. */
export interface AxisShare {
  readonly index: number;
  readonly length: number;
}

/** A cell that is covered by less than this share of itself is touched by rounding alone. */
const ROUNDING_SHARE = 1e-6;

/** The cells that `[from, to]` covers, and by how many pixels each. */
export function axisOverlaps(axis: Axis, from: number, to: number): AxisShare[] {
  const cell = axis.length / axis.count;
  const first = Math.max(0, Math.floor((from - axis.start) / cell) - 1);
  const last = Math.min(axis.count - 1, Math.ceil((to - axis.start) / cell));
  const shares: AxisShare[] = [];
  for (let index = first; index <= last; index += 1) {
    const begin = Math.max(from, axisEdge(axis, index));
    const end = Math.min(to, axisEdge(axis, index + 1));
    // Against the smaller of the two, so that thin cells and thin rectangles count as well.
    const own = axisEdge(axis, index + 1) - axisEdge(axis, index);
    if (end - begin > ROUNDING_SHARE * Math.min(own, to - from)) {
      shares.push({ index, length: end - begin });
    }
  }
  return shares;
}
