/** First row of each work, and after the last one the number of all rows [works + 1]: works follow one another. */
export function firstRowsOfWorks(
  works: readonly { readonly sentences: number }[],
): Uint32Array<ArrayBuffer> {
  const firstRows = new Uint32Array(works.length + 1);
  works.forEach(({ sentences }, work) => {
    firstRows[work + 1] = (firstRows[work] ?? 0) + sentences;
  });
  return firstRows;
}

/** The work that `row` belongs to; works without sentences are passed over. `row` must be below the last entry. */
export function workOfRow(firstRows: Uint32Array, row: number): number {
  let low = 0;
  let high = firstRows.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((firstRows[middle] ?? 0) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The works of many rows. */
export function worksOfRows(firstRows: Uint32Array, rows: Uint32Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(rows, (row) => workOfRow(firstRows, row));
}
