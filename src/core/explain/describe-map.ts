/** Cells of a map. */
export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

/** Share of the whole evidence that "half the weight" means. */
const HALF = 0.5;

/**
 * A map in one sentence, for people who do not see it: where it is strongest, and over how many cells its weight is
 * spread. "Strongest in the upper left, row 2, column 1; 3 of 49 cells hold half the weight."
 *
 * @param map values [rows × columns], row-major, 0 where there is no evidence
 */
export function describeMap(map: Float32Array, grid: GridSize): string {
  const evidence = Array.from(map, (value) => Math.max(0, value));
  const total = evidence.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return "No cell speaks for this sentence.";
  const strongest = evidence.indexOf(Math.max(...evidence));
  const row = Math.floor(strongest / grid.columns);
  const column = strongest % grid.columns;
  const count = cellsHolding(evidence, total * HALF);
  const cells = count === 1 ? "1 of" : `${count} of`;
  const hold = count === 1 ? "cells holds" : "cells hold";
  return (
    `Strongest in the ${placeName(row, column, grid)}, row ${row + 1}, column ${column + 1}; ` +
    `${cells} ${evidence.length} ${hold} half the weight.`
  );
}

/** How many of the largest values it takes to reach `wanted`. */
function cellsHolding(evidence: readonly number[], wanted: number): number {
  let sum = 0;
  let count = 0;
  for (const value of evidence.toSorted((left, right) => right - left)) {
    sum += value;
    count += 1;
    if (sum >= wanted) break;
  }
  return count;
}

/** The ninth of the picture that a cell lies in: "upper left", "centre", "lower middle". */
export function placeName(row: number, column: number, { rows, columns }: GridSize): string {
  const vertical = third(row, rows, "upper", "lower");
  const horizontal = third(column, columns, "left", "right");
  return vertical === "middle" && horizontal === "middle" ? "centre" : `${vertical} ${horizontal}`;
}

function third(index: number, count: number, first: string, last: string): string {
  const place = (index + 0.5) / count;
  if (place < 1 / 3) return first;
  return place > 2 / 3 ? last : "middle";
}
