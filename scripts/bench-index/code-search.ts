import { codeDimOf } from "../../src/core/codes/code-dim.ts";
import { createCodeSpace } from "../../src/core/codes/code-space.ts";
import { prepareQuery } from "../../src/core/codes/prepare-query.ts";
import type { ResidentCodes, ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { createSignTable } from "../../src/core/codes/sign-table.ts";
import { HASH_BYTES } from "../../src/core/edition/hashes-file.ts";
import { restBytesPerRow } from "../../src/core/edition/rest-file.ts";
import { signBytesPerRow } from "../../src/core/edition/sign-file.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import type { ProvedIndex } from "../build-index/prove/proved-index.ts";
import { rerank } from "./best-of.ts";
import type { BenchData, SearchMethod } from "./method.ts";

/** An index whose codes are all in the kernel's memory, and what reading it costs. */
export interface LoadedIndex {
  readonly router: ProvedIndex["router"];
  readonly kernel: ScanKernel;
  readonly codes: ResidentCodes;
  readonly signs: ResidentCodes;
  /** Rows of each cluster. */
  readonly rows: readonly Uint32Array[];
  readonly routerBytes: number;
  readonly buildMs: number;
}

/** Takes all codes of an index into memory. */
export async function loadIndex(
  index: ProvedIndex,
  kernel: ScanKernel,
  routerBytes: number,
  buildMs: number,
  signal: AbortSignal,
): Promise<LoadedIndex> {
  const { router } = index;
  const codeDim = codeDimOf(router.dim);
  const codes = kernel.openCodes(codeDim, Number.MAX_SAFE_INTEGER);
  const signs = kernel.openCodes(codeDim, Number.MAX_SAFE_INTEGER);
  const rows: Uint32Array[] = [];
  for (let cluster = 0; cluster < router.clusters; cluster++) {
    const { sign, rest } = await index.readCluster(cluster, signal);
    const planes = { layout: "cluster", signBlocks: sign.blocks, magnitudes: rest.planes } as const;
    const works = new Uint32Array(rest.count);
    const { count } = rest;
    if (!codes.add(cluster, { ...rest, count, h: sign.h, planes, works })) {
      throw new RangeError("the codes do not fit into the kernel's memory");
    }
    signs.addSigns(cluster, sign);
    rows.push(rest.rows);
  }
  return { router, kernel, codes, signs, rows, routerBytes, buildMs };
}

/** How an index is searched. */
export interface CodeSearchOptions {
  /** Share of the rows that are scanned, best clusters first. */
  readonly share: number;
  readonly by: "codes" | "signs";
  /** Candidates that are re-ranked by exact rows, or 0. */
  readonly reranked: number;
}

/** The product's own search over a loaded index, on one thread. */
export function createCodeSearch(
  data: BenchData,
  loaded: LoadedIndex,
  { share, by, reranked }: CodeSearchOptions,
): SearchMethod {
  const { router, kernel, codes, signs, rows, routerBytes, buildMs } = loaded;
  const { dim, clusters, counts, sentences } = router;
  const space = createCodeSpace(router.space);
  const centroids = kernel.openCentroids(router.centroids, router.centroidScales, dim);
  const codeDim = codeDimOf(dim);
  const rowBytes =
    signBytesPerRow(codeDim) + (by === "codes" ? restBytesPerRow(codeDim) : ROW_NUMBER_BYTES);
  const scores = new Float32Array(sentences);
  const percent = `${Number((share * 100).toFixed(1))} %`;
  const what = by === "codes" ? "4-bit codes" : "signs alone";
  return {
    name: `${what}, ${percent} scanned${reranked > 0 ? `, ${reranked} re-ranked` : ""}`,
    bytes: routerBytes + sentences * rowBytes,
    buildMs,
    search(query, wanted) {
      const centroidScores = centroids.score(query);
      const prepared = prepareQuery(space, query, false);
      const chosen =
        share === 1
          ? Array.from({ length: clusters }, (_, cluster) => cluster)
          : closestClusters(centroidScores, counts, share * sentences);
      const own = Float32Array.from(chosen, (cluster) => centroidScores[cluster] ?? 0);
      if (by === "codes") codes.scan(chosen, [prepared], own, scores);
      else {
        const table = createSignTable(prepared.inCodeSpace);
        let at = 0;
        chosen.forEach((cluster, i) => {
          const count = counts[cluster] ?? 0;
          const part = scores.subarray(at, at + count);
          if (count > 0) signs.scanSigns(cluster, prepared, table, own[i] ?? 0, part);
          at += count;
        });
      }
      const top = createTopK(Math.max(wanted, reranked));
      let least = top.threshold();
      let at = 0;
      for (const cluster of chosen) {
        const rowsHere = rows[cluster] ?? new Uint32Array(0);
        for (let i = 0; i < rowsHere.length; i++, at++) {
          const score = scores[at] ?? 0;
          if (score < least) continue;
          top.offer(rowsHere[i] ?? 0, score);
          least = top.threshold();
        }
      }
      const found = top.take().map(({ id }) => id);
      const coldBytes =
        routerBytes + at * rowBytes + chosen.length * 2 * HASH_BYTES + reranked * 4 * dim;
      if (reranked === 0) return { rows: found, coldBytes };
      return { rows: rerank(data, query, found, wanted), coldBytes };
    },
  };
}

/** What a row of signs needs beside them to be named. */
const ROW_NUMBER_BYTES = 4;

/** Clusters in descending order of score until they have so many rows. */
function closestClusters(scores: Float32Array, counts: Uint32Array, wanted: number): number[] {
  const order = Uint32Array.from(scores.keys()).sort(
    (a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b,
  );
  const chosen: number[] = [];
  let covered = 0;
  for (const cluster of order) {
    if (covered >= wanted) break;
    chosen.push(cluster);
    covered += counts[cluster] ?? 0;
  }
  return chosen;
}
