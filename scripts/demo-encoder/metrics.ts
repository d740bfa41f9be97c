import type { Box } from "./scene.ts";

/** Dot products of every row of `a` with every row of `b`: [a's rows × b's rows]. */
export function scoreMatrix(a: Float32Array, b: Float32Array, dim: number): Float32Array {
  const rows = a.length / dim;
  const columns = b.length / dim;
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new RangeError(`vectors of ${a.length} and ${b.length} numbers are not of ${dim} each`);
  }
  const scores = new Float32Array(rows * columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      let sum = 0;
      for (let d = 0; d < dim; d++) {
        sum += (a[row * dim + d] as number) * (b[column * dim + d] as number);
      }
      scores[at] = sum;
    }
  }
  return scores;
}

/**
 * Recall@k of a square matrix whose true answers lie on the diagonal: the share of queries whose own answer has fewer
 * than k better ones. "rows" asks with rows for columns. A tie counts for the answer that is asked for.
 */
export function recallAtK(scores: Float32Array, k: number, query: "rows" | "columns"): number {
  const count = Math.sqrt(scores.length);
  if (!Number.isInteger(count) || count === 0)
    throw new RangeError("the score matrix is not square");
  let found = 0;
  for (let own = 0; own < count; own++) {
    const wanted = scores[own * count + own] as number;
    let better = 0;
    for (let other = 0; other < count; other++) {
      const at = query === "rows" ? own * count + other : other * count + own;
      if ((scores[at] as number) > wanted) better++;
    }
    if (better < k) found++;
  }
  return found / count;
}

/** Share of choices in which the true text scores above the false one. A tie counts as a half. */
export function twoWayAccuracy(right: readonly number[], wrong: readonly number[]): number {
  if (right.length === 0 || right.length !== wrong.length) {
    throw new RangeError(`${right.length} true and ${wrong.length} false scores`);
  }
  let won = 0;
  right.forEach((score, index) => {
    const other = wrong[index] as number;
    won += score > other ? 1 : score === other ? 0.5 : 0;
  });
  return won / right.length;
}

/**
 * The cells of a grid × grid map that count as a hit in the pointing game (Zhang et al. 2016): those whose centre lies in
 * one of the boxes, widened on each side by one cell.
 */
export function hitCells(boxes: readonly Box[], grid: number): boolean[] {
  const margin = 1 / grid;
  return Array.from({ length: grid * grid }, (_, cell) => {
    const x = ((cell % grid) + 0.5) / grid;
    const y = (Math.floor(cell / grid) + 0.5) / grid;
    return boxes.some(
      ([left, top, right, bottom]) =>
        x >= left - margin && x <= right + margin && y >= top - margin && y <= bottom + margin,
    );
  });
}

/** Index of the largest value, the first of equals. */
export function peak(map: Float32Array): number {
  let best = 0;
  for (let index = 1; index < map.length; index++) {
    if ((map[index] as number) > (map[best] as number)) best = index;
  }
  return best;
}

/** Mean of a list of numbers or of truths. */
export function mean(values: readonly (number | boolean)[]): number {
  if (values.length === 0) throw new RangeError("the mean of nothing");
  return values.reduce<number>((sum, value) => sum + Number(value), 0) / values.length;
}
