import { type Run, runKey } from "../../src/core/own-texts/row-runs.ts";
import { unitRows } from "../../src/core/own-texts/unit-rows.ts";
import { dotFloats } from "../../src/core/search/dot.ts";

/** Gives the vectors of runs as halves; undefined for those that are gone. */
export type ReadHalves = (
  runs: readonly Run[],
) => Promise<readonly (Uint16Array<ArrayBuffer> | undefined)[]>;

/** The rows that no block of codes holds yet, as exact vectors: fewer than make a block, unless many blocks were lost. */
export interface UncodedRows {
  /** Takes over these runs: new ones are read, others dropped. */
  load(runs: readonly Run[], signal: AbortSignal): Promise<void>;
  /** Scores every row exactly. */
  scan(query: Float32Array, offer: (row: number, score: number) => void): void;
  /** The unit vector of a row, or null where it is not here. */
  vector(row: number): Float32Array<ArrayBuffer> | null;
}

/** Runs that one transaction reads. */
const RUNS_AT_ONCE = 128;

/** Creates it without rows. */
export function createUncodedRows(dim: number, read: ReadHalves): UncodedRows {
  const held = new Map<string, Run & { readonly rows: Float32Array<ArrayBuffer> }>();
  return {
    async load(runs, signal) {
      const wanted = new Map(runs.map((run) => [runKey(run), run]));
      for (const key of [...held.keys()]) if (!wanted.delete(key)) held.delete(key);
      const missing = [...wanted.values()];
      for (let at = 0; at < missing.length; at += RUNS_AT_ONCE) {
        signal.throwIfAborted();
        const portion = missing.slice(at, at + RUNS_AT_ONCE);
        const halves = await read(portion);
        for (const [index, run] of portion.entries()) {
          const own = halves[index];
          // Of another length, or gone meanwhile: the next look at what is kept tells.
          if (own?.length !== run.count * dim) continue;
          held.set(runKey(run), { ...run, rows: unitRows(own, dim) });
        }
      }
    },
    scan(query, offer) {
      for (const { firstRow, count, rows } of held.values()) {
        for (let at = 0; at < count; at++) {
          offer(firstRow + at, dotFloats(rows, at * dim, query, 0, dim));
        }
      }
    },
    vector(row) {
      for (const { firstRow, count, rows } of held.values()) {
        if (row < firstRow || row >= firstRow + count) continue;
        const start = (row - firstRow) * dim;
        return rows.slice(start, start + dim);
      }
      return null;
    },
  };
}
