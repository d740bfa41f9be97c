import {
  applyTransform,
  applyTransposed,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import type { RecallFigures } from "../../src/core/edition/manifest.ts";
import { createCandidateList } from "../../src/core/search/candidates.ts";
import { dotFloats } from "../../src/core/search/dot.ts";
import type { Edition } from "../../src/core/search/open-edition.ts";
import { rerankExactly } from "../../src/core/search/rerank.ts";
import { scanCluster } from "../../src/core/search/scan.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { createTopK } from "../../src/core/search/top-k.ts";
import { planWaves } from "../../src/core/search/waves.ts";

/** Answers that are compared, and candidates that are re-ranked for them: what the page does. */
const ANSWERS = 25;
const RERANKED = 50;
/** Queries that recall is averaged over; more do not change its second digit. */
const QUERIES = 100;
/** Noise of a synthetic query as a multiple of its row's length: the cosine between the two is then about 0.5. */
const NOISE = 1.7;

/** Queries [count × dim], unit rows, and where they come from. */
export interface TestQueries {
  readonly kind: "images" | "synthetic";
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** Makes queries out of rows and noise, for want of pictures; seeded. */
export function makeSyntheticQueries(
  vectors: Float32Array,
  dim: number,
  seed: number,
): TestQueries {
  const random = createSeededRandom(seed);
  const rows = vectors.length / dim;
  const queries = new Float32Array(Math.min(QUERIES, rows) * dim);
  for (let start = 0; start < queries.length; start += dim) {
    const row = Math.floor(random() * rows);
    const query = queries.subarray(start, start + dim);
    for (let i = 0; i < dim; i++) {
      query[i] = (vectors[row * dim + i] ?? 0) + (NOISE / Math.sqrt(dim)) * drawNormal(random);
    }
    const length = Math.sqrt(dotFloats(query, 0, query, 0, dim));
    query.forEach((value, i) => {
      query[i] = value / length;
    });
  }
  return { kind: "synthetic", vectors: queries };
}

/** The rows of the `ANSWERS` greatest inner products with `query`: exact search, in row order of `vectors`. */
export function searchExactly(
  vectors: Float32Array,
  dim: number,
  query: Float32Array,
  count: number = ANSWERS,
): number[] {
  const top = createTopK(count);
  for (let row = 0; row * dim < vectors.length; row++) {
    top.offer(row, dotFloats(query, 0, vectors, row * dim, dim));
  }
  return top.take().map(({ id }) => id);
}

/** Recall@25 of the edition, read back, against exact search over `vectors`, after each wave. */
export async function measureRecall(
  edition: Edition,
  vectors: Float32Array,
  queries: TestQueries,
  signal: AbortSignal,
): Promise<RecallFigures> {
  const { router, closest, codes, rows } = edition;
  const { dim, counts, sentences } = router;
  const count = Math.min(QUERIES, queries.vectors.length / dim);
  const scores = new Float32Array(Math.max(...counts));
  const scannedShares: number[] = [];
  const recalls: number[] = [];
  for (let index = 0; index < count; index++) {
    const query = queries.vectors.slice(index * dim, (index + 1) * dim);
    const exact = new Set(searchExactly(vectors, dim, query));
    const candidates = createCandidateList(router, RERANKED, null);
    let scanned = 0;
    const waves = planWaves(closest.nearest(query, router.clusters), counts);
    for (const [wave, clusters] of waves.entries()) {
      const visit = (cluster: number, rowsOfCluster: Parameters<typeof scanCluster>[1]) => {
        scanCluster(query, rowsOfCluster, null, scores);
        candidates.add(cluster, rowsOfCluster, scores);
        scanned += rowsOfCluster.count;
      };
      await codes.visit(clusters, visit, signal);
      const ranked = await rerankExactly(query, candidates.best(), rows, false, signal);
      const found = ranked.slice(0, ANSWERS).filter(({ row }) => exact.has(row)).length;
      scannedShares[wave] = (scannedShares[wave] ?? 0) + scanned / sentences / count;
      recalls[wave] = (recalls[wave] ?? 0) + found / exact.size / count;
    }
  }
  const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
  return {
    at: ANSWERS,
    queries: count,
    kind: queries.kind,
    scannedShares: scannedShares.map(rounded),
    recalls: recalls.map(rounded),
  };
}

/** Rows that the identity is checked on; every one of a small corpus. */
const IDENTITY_ROWS = 2000;
const IDENTITY_QUERIES = 20;

/**
 * The largest error of <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖ over queries and rows.
 *
 * @param adapted the adapted vectors as the encoder itself gives them; null where only base vectors are known: then
 *   t_p = normalize(M·t_c), and the error is that of the arithmetic alone
 */
export function measureIdentity(
  transform: LowRankTransform,
  vectors: Float32Array,
  adapted: Float32Array | null,
  queries: TestQueries,
): number {
  const { dim } = transform;
  const rows = vectors.length / dim;
  const step = Math.max(1, Math.floor(rows / IDENTITY_ROWS));
  const count = Math.min(IDENTITY_QUERIES, queries.vectors.length / dim);
  const pairs = Array.from({ length: count }, (_, i) => {
    const query = queries.vectors.subarray(i * dim, (i + 1) * dim);
    return { query, moved: applyTransposed(transform, query) };
  });
  let largest = 0;
  for (let row = 0; row < rows; row += step) {
    const moved = applyTransform(transform, vectors.subarray(row * dim, (row + 1) * dim));
    const length = Math.sqrt(dotFloats(moved, 0, moved, 0, dim));
    const unit = adapted?.subarray(row * dim, (row + 1) * dim) ?? moved.map((x) => x / length);
    for (const pair of pairs) {
      const identity = dotFloats(pair.moved, 0, vectors, row * dim, dim) / length;
      largest = Math.max(largest, Math.abs(dotFloats(pair.query, 0, unit, 0, dim) - identity));
    }
  }
  return largest;
}
