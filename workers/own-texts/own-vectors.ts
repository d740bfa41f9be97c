import { AppError, isAppError } from "../../src/core/errors.ts";
import { toHalves } from "../../src/core/model/half.ts";
import { createRowRuns, type RowRuns, type Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, AdoptRequest, ModelVariant } from "../../src/core/protocol.ts";
import { requireUnitRows } from "../../src/core/search/adopted-vectors.ts";
import { createOwnIndex, type OwnIndex } from "./own-index.ts";
import { MOST_RUN_ROWS, type VectorsStore } from "./vectors-store.ts";

/** The vectors of own sentences under one model: which rows have some, and an index over them by variant. */
export interface OwnVectors {
  readonly model: AdoptedModel;
  /** The rows that have vectors, looked up again where `revision` is not that of the last call. */
  rows(revision: string): Promise<RowRuns>;
  /**
   * Keeps the vectors of some rows.
   *
   * @throws AppError `invalid-argument` for vectors that do not fit, `texts-storage`
   */
  take(request: AdoptRequest): Promise<void>;
  /** The index of a variant, with all rows of the last look. */
  index(variant: ModelVariant, signal: AbortSignal): Promise<OwnIndex>;
}

/** Opens what is kept for a model; nothing is read yet. */
export function createOwnVectors(model: AdoptedModel, store: VectorsStore): OwnVectors {
  let seen: { readonly revision: string; readonly runs: readonly Run[]; readonly rows: RowRuns } = {
    revision: "",
    runs: [],
    rows: createRowRuns([]),
  };
  const indices: Record<ModelVariant, OwnIndex> = {
    base: createOwnIndex(model, "base", store),
    adapted: createOwnIndex(model, "adapted", store),
  };
  return {
    model,
    async rows(revision) {
      if (seen.revision !== revision) {
        const runs = await store.runs(model);
        seen = { revision, runs, rows: createRowRuns(runs) };
      }
      return seen.rows;
    },
    async take({ firstRow, base, adapted, adapterFingerprint }) {
      const { dim } = model;
      const count = base.length / dim;
      const fits =
        Number.isInteger(count) &&
        count >= 1 &&
        count <= MOST_RUN_ROWS &&
        adapted.length === base.length;
      if (!fits) {
        const what = `${base.length} and ${adapted.length} numbers for rows of ${dim}`;
        throw new AppError({ code: "invalid-argument", what });
      }
      requireUnitRows(base, dim);
      if (adapterFingerprint !== null) requireUnitRows(adapted, dim);
      const run = {
        firstRow,
        count,
        base: toHalves(base),
        adapted: adapterFingerprint === null ? null : toHalves(adapted),
      };
      try {
        await store.put(model, run);
      } catch (error) {
        if (!isAppError(error, "texts-storage") || error.detail.state !== "full") throw error;
        // The vectors of other models can be made again; they give way.
        await store.removeOthers(model);
        await store.put(model, run);
      }
    },
    async index(variant, signal) {
      const index = indices[model.adapterFingerprint === null ? "base" : variant];
      await index.load(seen.runs, signal);
      return index;
    },
  };
}
