import type { Random } from "../../../src/core/search/seeded-random.ts";

/**
 * `wanted` of `count` rows, ascending and distinct: one from each of `wanted` equal stretches, so that every part of a corpus is
 * represented by its share. All of them where no fewer are wanted.
 */
export function drawSpreadRows(
  count: number,
  wanted: number,
  random: Random,
): Uint32Array<ArrayBuffer> {
  if (wanted >= count) return Uint32Array.from({ length: count }, (_, row) => row);
  return Uint32Array.from({ length: wanted }, (_, stretch) => {
    const start = Math.floor((stretch * count) / wanted);
    const end = Math.floor(((stretch + 1) * count) / wanted);
    return start + Math.floor(random() * (end - start));
  });
}

/** Runs of rows that are read at once where nothing else is said: a server is asked for each of them by itself. */
const MOST_RUNS = 128;

/**
 * `wanted` of `count` rows, ascending and distinct, in a few runs of rows that follow one another: one run from each of equal stretches.
 * What a small sample of a large file is read by: of 20,000 rows among millions, each by itself would be a request to a server.
 */
export function drawSpreadRuns(
  count: number,
  wanted: number,
  random: Random,
  mostRuns = MOST_RUNS,
): Uint32Array<ArrayBuffer> {
  // Half of the rows and more lie close together anyway.
  if (2 * wanted > count) return drawSpreadRows(count, wanted, random);
  const runs = Math.min(mostRuns, wanted);
  const rows = new Uint32Array(wanted);
  let at = 0;
  for (let run = 0; run < runs; run++) {
    const start = Math.floor((run * count) / runs);
    const end = Math.floor(((run + 1) * count) / runs);
    const length = Math.floor(((run + 1) * wanted) / runs) - at;
    const first = start + Math.floor(random() * (end - start - length + 1));
    for (let i = 0; i < length; i++) rows[at++] = first + i;
  }
  return rows;
}

/** `wanted` distinct ones of `count` rows in random order: the head of a Fisher–Yates shuffle. */
export function drawDistinctRows(
  count: number,
  wanted: number,
  random: Random,
): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  const taken = Math.min(wanted, count);
  for (let i = 0; i < taken; i++) {
    const other = i + Math.floor(random() * (count - i));
    const row = order[other] ?? 0;
    order[other] = order[i] ?? 0;
    order[i] = row;
  }
  return order.slice(0, taken);
}
