import {
  applyTransform,
  applyTransposed,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { dotFloats } from "../../src/core/search/dot.ts";

/** Rows and queries that the identity is checked on; every row of a small corpus. */
const IDENTITY_ROWS = 10_000;
const IDENTITY_QUERIES = 20;

/** How well one index serves both variants. */
export interface IdentityFigures {
  /** Largest error of <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖, and over how many rows. */
  readonly identityError: number;
  readonly identityRows: number;
  /** ‖Mᵀq‖ over the queries, by which errors of codes grow. */
  readonly queryGrowth: { readonly mean: number; readonly largest: number };
}

/**
 * Checks the identity over queries and rows.
 *
 * @param vectors unit base vectors [rows × dim]
 * @param adapted the adapted vectors as the encoder itself gives them; null where only base vectors are known: then
 *   t_p = normalize(M·t_c), and the error is that of the arithmetic alone
 * @param queries unit vectors [count × dim]
 */
export function measureIdentity(
  transform: LowRankTransform,
  vectors: Float32Array,
  adapted: Float32Array | null,
  queries: Float32Array,
): IdentityFigures {
  const { dim } = transform;
  const rows = vectors.length / dim;
  const step = Math.max(1, Math.floor(rows / IDENTITY_ROWS));
  const count = Math.min(IDENTITY_QUERIES, queries.length / dim);
  const pairs = Array.from({ length: count }, (_, i) => {
    const query = queries.subarray(i * dim, (i + 1) * dim);
    return { query, moved: applyTransposed(transform, query) };
  });
  let identityError = 0;
  let identityRows = 0;
  for (let row = 0; row < rows; row += step) {
    identityRows++;
    const moved = applyTransform(transform, vectors.subarray(row * dim, (row + 1) * dim));
    const length = lengthOf(moved);
    const unit = adapted?.subarray(row * dim, (row + 1) * dim) ?? moved.map((x) => x / length);
    for (const pair of pairs) {
      const identity = dotFloats(pair.moved, 0, vectors, row * dim, dim) / length;
      const error = Math.abs(dotFloats(pair.query, 0, unit, 0, dim) - identity);
      identityError = Math.max(identityError, error);
    }
  }
  const growths = pairs.map(({ query, moved }) => lengthOf(moved) / lengthOf(query));
  const mean = growths.reduce((sum, growth) => sum + growth, 0) / Math.max(1, count);
  return { identityError, identityRows, queryGrowth: { mean, largest: Math.max(0, ...growths) } };
}

function lengthOf(vector: Float32Array): number {
  return Math.sqrt(dotFloats(vector, 0, vector, 0, vector.length));
}
