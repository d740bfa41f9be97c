import type { SignCluster } from "../edition/sign-file.ts";
import { SIGN_BLOCK_ROWS } from "../edition/sign-file.ts";
import type { CodeBlock } from "./code-block.ts";
import type { PreparedQuery } from "./prepared-query.ts";
import type { SignTable } from "./sign-table.ts";

/**
 * Scores every row of a block by its 4-bit code: the reference of all other scans.
 * score = (centroidScore + h · <q, m> + f4 · (a · Σ i16 · u + b)) · (adaptedFactor where the query is adapted), in float64, then rounded.
 *
 * @param scores [count]
 */
export function scanBlock(
  query: PreparedQuery,
  block: Pick<CodeBlock, "count" | "nibbles" | "f4" | "h" | "adaptedFactors">,
  centroidScore: number,
  scores: Float32Array,
): void {
  const { codeDim, a, b, hub, isAdapted } = query;
  const { nibbles, f4, h, adaptedFactors } = block;
  for (let row = 0; row < block.count; row++) {
    const sum = sumOfCodes(query.i16, nibbles, (row * codeDim) / 2);
    const score = centroidScore + (h[row] ?? 0) * hub + (f4[row] ?? 0) * (a * sum + b);
    scores[row] = score * (isAdapted ? (adaptedFactors[row] ?? 0) : 1);
  }
}

/** Σ i16 · u over the nibble row at `offset`, exactly. */
function sumOfCodes(i16: Int16Array, nibbles: Uint8Array, offset: number): number {
  let sum = 0;
  for (let byte = 0; byte < i16.length / 2; byte++) {
    const pair = nibbles[offset + byte] as number;
    // Byte 2k of 16 holds the numbers 4k and 4k + 1, byte 2k + 1 the numbers 4k + 2 and 4k + 3: shifts 0 to 3 of lane k.
    const place = 2 * (byte & ~15) + 16 * (byte & 1) + ((byte >> 1) & 7);
    sum += (pair & 15) * (i16[place] as number) + (pair >> 4) * (i16[place + 8] as number);
  }
  return sum;
}

/**
 * Scores every row of a cluster by its signs alone: centroidScore + h · <q, m> + f1 · (a · Σ entries + b).
 *
 * @param scores [count]
 */
export function scanSignCluster(
  query: PreparedQuery,
  table: SignTable,
  cluster: SignCluster,
  centroidScore: number,
  scores: Float32Array,
): void {
  const planeBytes = query.codeDim / 8;
  for (let first = 0; first < cluster.count; first += SIGN_BLOCK_ROWS) {
    const rows = Math.min(SIGN_BLOCK_ROWS, cluster.count - first);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let byte = 0; byte < planeBytes; byte++) {
        const signs = cluster.blocks[first * planeBytes + byte * rows + row] ?? 0;
        sum += table.entries[32 * byte + (signs & 15)] ?? 0;
        sum += table.entries[32 * byte + 16 + (signs >> 4)] ?? 0;
      }
      const at = first + row;
      scores[at] =
        centroidScore +
        (cluster.h[at] ?? 0) * query.hub +
        (cluster.f1[at] ?? 0) * (table.a * sum + table.b);
    }
  }
}
