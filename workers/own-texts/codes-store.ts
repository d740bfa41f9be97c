import type { OwnCodes } from "../../src/core/own-texts/own-codes.ts";
import type { RowSpan } from "../../src/core/own-texts/plan-blocks.ts";
import type { Run } from "../../src/core/own-texts/row-runs.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import type { OwnDatabase } from "./own-database.ts";
import { keyOfModel } from "./vectors-store.ts";

/** A block of codes as it is stored: which runs of vectors it codes, in order, and their codes. */
export interface StoredBlock {
  readonly runs: readonly Run[];
  readonly codes: OwnCodes;
}

/**
 * Codes of own sentences, by model, variant and block. They can be made again of the vectors: losing them costs time alone,
 * and a block that codes a run which is gone is dropped.
 */
export interface CodesStore {
  /** From where to where the blocks of a variant reach. */
  spans(model: AdoptedModel, variant: ModelVariant): Promise<readonly RowSpan[]>;
  put(model: AdoptedModel, variant: ModelVariant, block: StoredBlock): Promise<void>;
  read(
    model: AdoptedModel,
    variant: ModelVariant,
    spans: readonly RowSpan[],
  ): Promise<readonly (StoredBlock | undefined)[]>;
  remove(model: AdoptedModel, variant: ModelVariant, spans: readonly RowSpan[]): Promise<void>;
}

/** Creates the store over the database. */
export function createCodesStore(database: OwnDatabase): CodesStore {
  return {
    spans: (model, variant) =>
      database.run(async (open) => {
        const prefix = [keyOfModel(model), variant];
        const keys = await open.getAllKeys("codes", IDBKeyRange.bound(prefix, [...prefix, []]));
        return keys.map(([, , firstRow, end]) => ({ firstRow, end }));
      }),
    put: (model, variant, block) =>
      database.run(async (open) => {
        const { firstRow, end } = spanOf(block.runs);
        await open.put("codes", block, [keyOfModel(model), variant, firstRow, end]);
      }),
    read: (model, variant, spans) =>
      database.run(async (open) => {
        const { store } = open.transaction("codes");
        return Promise.all(
          spans.map(({ firstRow, end }) => store.get([keyOfModel(model), variant, firstRow, end])),
        );
      }),
    remove: (model, variant, spans) =>
      database.run(async (open) => {
        const { store, done } = open.transaction("codes", "readwrite");
        for (const { firstRow, end } of spans) {
          await store.delete([keyOfModel(model), variant, firstRow, end]);
        }
        await done;
      }),
  };
}

/** From the first to the last row of some runs. */
export function spanOf(runs: readonly Run[]): RowSpan {
  const [first] = runs;
  const last = runs.at(-1);
  return {
    firstRow: first?.firstRow ?? 0,
    end: last === undefined ? 0 : last.firstRow + last.count,
  };
}
