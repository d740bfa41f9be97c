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
