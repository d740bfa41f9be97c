import type { RowRuns, Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import { EMPTY_STATE, expectDone, type OwnDatabase } from "./own-database.ts";

/** Rows of one record at most: what a deletion rewrites at either end, and what an exact look at one row reads. */
export const MOST_RUN_ROWS = 32;

/** A run with its unit vectors as halves; `adapted` is null where it would repeat `base`. */
interface VectorRun extends Run {
  readonly base: Uint16Array<ArrayBuffer>;
  readonly adapted: Uint16Array<ArrayBuffer> | null;
}

/** The vectors of own sentences, by model. Those of several models are kept side by side. */
export interface VectorsStore {
  /** The runs of a model, by row. */
  runs(model: AdoptedModel): Promise<readonly Run[]>;
  /** Keeps a run, unless one is there that overlaps it. */
  put(model: AdoptedModel, run: VectorRun): Promise<void>;
  /** Vectors of runs in one variant; undefined for those that are gone. */
  read(
    model: AdoptedModel,
    variant: ModelVariant,
    runs: readonly Run[],
  ): Promise<readonly (Uint16Array<ArrayBuffer> | undefined)[]>;
  /**
   * Deletes what all models have of rows that no text holds any more. A run stays while half of it lives at least, and is cut down
   * to the living rows else; blocks of codes go where nothing in them lives, the others are left to whoever loads them.
   *
   * @param living rows of all texts that are there or can be restored
   */
  sweep(living: RowRuns): Promise<void>;
  /** Bytes of the vectors of all models. */
  bytes(): Promise<number>;
  /** Deletes the vectors of all models but one, to make room. */
  removeOthers(model: AdoptedModel): Promise<void>;
}

/** Creates the store over the database. */
export function createVectorsStore(database: OwnDatabase): VectorsStore {
  return {
    runs: (model) =>
      database.run(async (open) => {
        const keys = await open.getAllKeys("vectors", modelRange(keyOfModel(model)));
        return keys.flatMap(([, firstRow, count, variant]) =>
          variant === "base" ? [{ firstRow, count }] : [],
        );
      }),
    put: (model, run) =>
      database.run(async (open) => {
        const key = keyOfModel(model);
        const transaction = open.transaction(["state", "vectors"], "readwrite");
        const vectors = transaction.objectStore("vectors");
        const states = transaction.objectStore("state");
        const [near, state = EMPTY_STATE] = await Promise.all([
          vectors.getAllKeys(aroundRange(key, run)),
          states.get("state"),
        ]);
        if (!near.some(([, firstRow, count]) => overlaps({ firstRow, count }, run))) {
          expectDone(vectors.put(run.base, [key, run.firstRow, run.count, "base"]));
          if (run.adapted !== null) {
            expectDone(vectors.put(run.adapted, [key, run.firstRow, run.count, "adapted"]));
          }
          const models = state.models.includes(key) ? state.models : [...state.models, key];
          expectDone(states.put({ ...state, models, revision: crypto.randomUUID() }, "state"));
        }
        await transaction.done;
      }),
    read: (model, variant, runs) =>
      database.run(async (open) => {
        const { store } = open.transaction("vectors");
        const stored = model.adapterFingerprint === null ? "base" : variant;
        return Promise.all(
          runs.map(({ firstRow, count }) =>
            store.get([keyOfModel(model), firstRow, count, stored]),
          ),
        );
      }),
    sweep: (living) =>
      database.run(async (open) => {
        const transaction = open.transaction(["vectors", "codes"], "readwrite");
        const codes = transaction.objectStore("codes");
        for (const key of await codes.getAllKeys()) {
          const [, , firstRow, end] = key;
          if (living.countWithin({ firstRow, count: end - firstRow }) === 0) {
            await codes.delete(key);
          }
        }
        const vectors = transaction.objectStore("vectors");
        for (const key of await vectors.getAllKeys()) {
          const [model, firstRow, count, variant] = key;
          if (2 * living.countWithin({ firstRow, count }) >= count) continue;
          const old = await vectors.get(key);
          await vectors.delete(key);
          if (old === undefined) continue;
          const dim = old.length / count;
          for (const part of livingRuns({ firstRow, count }, living)) {
            const from = (part.firstRow - firstRow) * dim;
            const slice = old.slice(from, from + part.count * dim);
            await vectors.put(slice, [model, part.firstRow, part.count, variant]);
          }
        }
        await transaction.done;
      }),
    bytes: () =>
      database.run(async (open) => {
        const keys = await open.getAllKeys("vectors");
        return keys.reduce((total, [model, , count]) => total + 2 * count * dimOf(model), 0);
      }),
    removeOthers: (model) =>
      database.run(async (open) => {
        const own = keyOfModel(model);
        const transaction = open.transaction(["state", "vectors", "codes"], "readwrite");
        const states = transaction.objectStore("state");
        const state = (await states.get("state")) ?? EMPTY_STATE;
        for (const other of state.models) {
          if (other === own) continue;
          await transaction.objectStore("vectors").delete(modelRange(other));
          await transaction.objectStore("codes").delete(modelRange(other));
        }
        const models = state.models.filter((other) => other === own);
        await states.put({ ...state, models }, "state");
        await transaction.done;
      }),
  };
}

/** The model as keys have it; its last part is the length of a vector. */
export function keyOfModel({ fingerprint, adapterFingerprint, dim }: AdoptedModel): string {
  return `${fingerprint}/${adapterFingerprint ?? "none"}/${dim}`;
}

function dimOf(key: string): number {
  return Number(key.slice(key.lastIndexOf("/") + 1));
}

/** All runs of a model: an array sorts after every number. */
function modelRange(model: string): IDBKeyRange {
  return IDBKeyRange.bound([model], [model, []]);
}

/** Runs that may overlap some rows: none is longer than {@link MOST_RUN_ROWS}. */
function aroundRange(model: string, { firstRow, count }: Run): IDBKeyRange {
  return IDBKeyRange.bound([model, firstRow - MOST_RUN_ROWS], [model, firstRow + count]);
}

function overlaps(one: Run, other: Run): boolean {
  return one.firstRow < other.firstRow + other.count && other.firstRow < one.firstRow + one.count;
}

function livingRuns({ firstRow, count }: Run, living: RowRuns): Run[] {
  const runs: { firstRow: number; count: number }[] = [];
  for (let row = firstRow; row < firstRow + count; row++) {
    if (!living.has(row)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.firstRow + last.count === row) last.count += 1;
    else runs.push({ firstRow: row, count: 1 });
  }
  return runs;
}
