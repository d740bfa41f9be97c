import type { ScanKernel } from "../../src/core/codes/scan-kernel.ts";
import { AppError, isAppError } from "../../src/core/errors.ts";
import { toHalves } from "../../src/core/model/half.ts";
import { BLOCK_ROWS } from "../../src/core/own-texts/plan-blocks.ts";
import { createRowRuns, type RowRuns, type Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, AdoptRequest, ModelVariant } from "../../src/core/protocol.ts";
import { requireUnitRows } from "../../src/core/search/adopted-vectors.ts";
import { codeBlocks } from "./code-blocks.ts";
import type { CodesStore } from "./codes-store.ts";
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

/** Where the vectors of a model and their codes lie, and what scans the codes. */
export interface VectorServices {
  readonly vectors: VectorsStore;
  readonly codes: CodesStore;
  /** Opens a kernel with memory of its own, which goes with this model. */
  openKernel(): Promise<ScanKernel>;
}

/** Blocks that are coded at most while somebody waits for an answer; the others are then searched by their halves. */
const BLOCKS_AT_ONCE = 8;

/** Opens what is kept for a model; nothing is read yet. */
export function createOwnVectors(
  model: AdoptedModel,
  { vectors: store, codes, openKernel }: VectorServices,
): OwnVectors {
  const stores = { vectors: store, codes };
  let opening: Promise<ScanKernel> | null = null;
  let uncoded = 0;
  let seen: { readonly revision: string; readonly runs: readonly Run[]; readonly rows: RowRuns } = {
    revision: "",
    runs: [],
    rows: createRowRuns([]),
  };
  const variants: readonly ModelVariant[] =
    model.adapterFingerprint === null ? ["base"] : ["base", "adapted"];
  const indices = new Map<ModelVariant, OwnIndex>();
  const indexOf = async (variant: ModelVariant): Promise<OwnIndex> => {
    opening ??= openKernel();
    const kernel = await opening;
    const index = indices.get(variant) ?? createOwnIndex(model, variant, stores, kernel);
    indices.set(variant, index);
    return index;
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
      uncoded += count;
      if (uncoded < BLOCK_ROWS) return;
      uncoded = 0;
      const runs = await store.runs(model);
      for (const variant of variants) await codeBlocks(model, variant, runs, stores, 1);
    },
    async index(variant, signal) {
      const kept = variants.includes(variant) ? variant : "base";
      await codeBlocks(model, kept, seen.runs, stores, BLOCKS_AT_ONCE);
      const index = await indexOf(kept);
      await index.load(seen.runs, signal);
      return index;
    },
  };
}
