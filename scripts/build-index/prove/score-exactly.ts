import type { IndexRouter } from "../../../src/core/edition/index-router.ts";
import { createTopK } from "../../../src/core/search/top-k.ts";
import { MatrixKernel, type PackedVectors, type Room } from "../../matrix/matrix-kernel.ts";
import { createAdaptedLengths } from "./adapted-lengths.ts";
import type { Askers } from "./askers.ts";
import type { StreamRows } from "./proved-index.ts";
import type { QuerySet } from "./query-set.ts";

/** What exact search says of one query. */
export interface ExactScores {
  /** The greatest scores of the whole corpus, best first. */
  readonly best: readonly number[];
  /** Exact scores of the rows that the query asks about. */
  readonly of: ReadonlyMap<number, number>;
}

/** Rows that one product takes. */
const CHUNK = 128;

/**
 * Streams all rows once and gives, for every query of every set, the greatest exact scores and the exact scores of the rows
 * that it asks about. A score under the adapter is ⟨Mᵀq, t⟩ / ‖M·t‖ with the exact length.
 *
 * @param at how many greatest scores
 * @param onRows rows so far
 * @returns by set and query
 */
export async function scoreExactly(
  { dim, transform }: IndexRouter,
  stream: StreamRows,
  sets: readonly QuerySet[],
  askers: Askers,
  at: number,
  onRows: (done: number) => void,
  signal: AbortSignal,
): Promise<ExactScores[][]> {
  const kernel = new MatrixKernel();
  const room = kernel.take(CHUNK * dim);
  const lengths = transform === null ? null : createAdaptedLengths(kernel, transform, CHUNK);
  const scorers = sets.map((set, index) => createScorer(kernel, set, index, askers, at));
  let done = 0;
  for await (const { rows, vectors } of stream(signal)) {
    for (let first = 0; first < rows.length; first += CHUNK) {
      const chunk = rows.subarray(first, first + CHUNK);
      const count = chunk.length;
      kernel.floats(room).set(vectors.subarray(first * dim, (first + count) * dim));
      const padded = Math.ceil(count / 4) * 4;
      for (const { isAdapted, packed, out, take } of scorers) {
        kernel.multiply(room, padded, packed, out);
        if (isAdapted) lengths?.divide(room, padded, out, packed.columns);
        take(chunk);
      }
    }
    done += rows.length;
    onRows(done);
    signal.throwIfAborted();
  }
  return scorers.map(({ finish }) => finish());
}

/** Keeps what is wanted of one set's scores. */
interface Scorer {
  readonly isAdapted: boolean;
  readonly packed: PackedVectors;
  readonly out: Room;
  /** Takes the scores that were computed for these rows. */
  take(rows: Uint32Array): void;
  finish(): ExactScores[];
}

function createScorer(
  kernel: MatrixKernel,
  { vectors, prepared, isAdapted }: QuerySet,
  set: number,
  askers: Askers,
  at: number,
): Scorer {
  const packed = kernel.pack(vectors, vectors.length / prepared.length);
  const { columns } = packed;
  const out = kernel.take(CHUNK * columns);
  const places = kernel.take(CHUNK * columns);
  const thresholds = kernel.take(columns);
  kernel.floats(thresholds).fill(Number.POSITIVE_INFINITY);
  kernel.floats(thresholds).fill(Number.NEGATIVE_INFINITY, 0, prepared.length);
  const heaps = prepared.map(() => createTopK(at));
  const wanted = prepared.map(() => new Map<number, number>());
  return {
    isAdapted,
    packed,
    out,
    take(rows) {
      const scores = kernel.floats(out);
      const limits = kernel.floats(thresholds);
      for (const place of kernel.findReaching(out, rows.length, columns, thresholds, places)) {
        const query = place % columns;
        const heap = heaps[query];
        heap?.offer(rows[(place - query) / columns] ?? 0, scores[place] ?? 0);
        limits[query] = heap?.threshold() ?? 0;
      }
      rows.forEach((row, i) => {
        for (const query of askers.of(set, row)) {
          wanted[query]?.set(row, scores[i * columns + query] ?? 0);
        }
      });
    },
    finish: () =>
      heaps.map((heap, query) => ({
        best: heap.take().map(({ score }) => score),
        of: wanted[query] ?? new Map(),
      })),
  };
}
