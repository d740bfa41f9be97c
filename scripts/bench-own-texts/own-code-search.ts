import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import {
  encodeOwnCodes,
  type OwnCodes,
  ownCodeSpace,
  packedOf,
} from "../../src/core/own-texts/own-codes.ts";
import { BLOCK_ROWS } from "../../src/core/own-texts/plan-blocks.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import { bestOf, rerank } from "../bench-index/best-of.ts";
import { type BenchData, countRows, type SearchMethod } from "../bench-index/method.ts";

/** f4 as a half, and the block's mean shared by its rows. */
const FACTOR_BYTES = 2;

/** All rows in blocks of codes, and how long that took in milliseconds. */
export interface CodedRows {
  readonly blocks: readonly OwnCodes[];
  readonly buildMs: number;
}

/** Codes all rows as My texts does: in blocks, as residuals to the mean of each. */
export function codeRows({ rows, dim }: BenchData): CodedRows {
  const start = performance.now();
  const blocks: OwnCodes[] = [];
  for (let first = 0; first * dim < rows.length; first += BLOCK_ROWS) {
    blocks.push(encodeOwnCodes(rows.subarray(first * dim, (first + BLOCK_ROWS) * dim), dim));
  }
  return { blocks, buildMs: performance.now() - start };
}

/** What My texts does: all codes scanned, the best scored again exactly. */
export function createOwnCodeSearch(
  data: BenchData,
  { blocks, buildMs }: CodedRows,
  kernel: ScanKernel,
  reranked: number,
): SearchMethod {
  const { dim } = data;
  const count = countRows(data);
  const codeDim = codeDimOf(dim);
  const space = ownCodeSpace(dim);
  const resident = kernel.openCodes(codeDim, Number.MAX_SAFE_INTEGER);
  for (const [id, block] of blocks.entries()) {
    if (!resident.add(id, packedOf(block))) throw new RangeError("no room");
  }
  const ids = [...blocks.keys()];
  const scores = new Float32Array(count);
  return {
    name: `4-bit codes in blocks, all scanned (${kernel.kind})${reranked > 0 ? `, ${reranked} re-ranked` : ""}`,
    bytes: count * (codeDim / 2 + FACTOR_BYTES) + blocks.length * 4 * dim,
    buildMs,
    search(query, wanted) {
      const offsets = Float32Array.from(blocks, ({ centroid }) =>
        dotFloats(centroid, 0, query, 0, dim),
      );
      resident.scan(ids, [prepareQuery(space, query, false)], offsets, scores);
      const found = bestOf(scores, Math.max(wanted, reranked));
      return { rows: reranked === 0 ? found : rerank(data, query, found, wanted), coldBytes: 0 };
    },
  };
}
