import type { PreparedQuery } from "../codes/prepared-query.ts";
import type { ResidentCodes } from "../codes/scan-kernel.ts";
import type { CandidateList } from "./candidate-list.ts";

/** A query in the terms of an index, and where its best rows go. */
export interface ScannedQuery {
  readonly query: PreparedQuery;
  /** <q, c> of every cluster. */
  readonly centroidScores: Float32Array;
  readonly list: Pick<CandidateList, "add">;
}

/** Scores clusters that are in memory; room for scores is kept from call to call. */
export interface ClusterScorer {
  /** Gives the number of rows that were scored, for each query. */
  score(clusters: readonly number[]): number;
}

/** Creates a scorer of several queries, whose codes are loaded once for all of them. */
export function createClusterScorer(
  codes: ResidentCodes,
  queries: readonly ScannedQuery[],
): ClusterScorer {
  const prepared = queries.map(({ query }) => query);
  let scores = new Float32Array(0);
  let centroidScores = new Float32Array(0);
  return {
    score(clusters) {
      const blocks = clusters.flatMap((cluster) => {
        const rows = codes.get(cluster);
        return rows === undefined ? [] : [{ cluster, rows }];
      });
      const total = blocks.reduce((sum, { rows }) => sum + rows.count, 0);
      if (scores.length < total * queries.length) {
        scores = new Float32Array(total * queries.length);
      }
      if (centroidScores.length < blocks.length * queries.length) {
        centroidScores = new Float32Array(blocks.length * queries.length);
      }
      for (const [i, { cluster }] of blocks.entries()) {
        for (const [j, query] of queries.entries()) {
          centroidScores[i * queries.length + j] = query.centroidScores[cluster] ?? 0;
        }
      }
      codes.scan(
        blocks.map(({ cluster }) => cluster),
        prepared,
        centroidScores,
        scores,
      );
      let at = 0;
      for (const { cluster, rows } of blocks) {
        for (const { list } of queries) {
          list.add(cluster, rows, scores.subarray(at, at + rows.count));
          at += rows.count;
        }
      }
      return total;
    },
  };
}
