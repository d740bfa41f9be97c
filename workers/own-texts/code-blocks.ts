import { encodeOwnCodes } from "../../src/core/own-texts/own-codes.ts";
import { nextBlock } from "../../src/core/own-texts/plan-blocks.ts";
import type { Run } from "../../src/core/own-texts/row-runs.ts";
import { unitRows } from "../../src/core/own-texts/unit-rows.ts";
import type { AdoptedModel, ModelVariant } from "../../src/core/protocol.ts";
import { spanOf } from "./codes-store.ts";
import type { IndexStores } from "./own-index.ts";

/**
 * Codes runs of vectors that no block holds yet, as far as they make whole blocks.
 *
 * @param most blocks that are made at most: each takes some tenths of a second
 */
export async function codeBlocks(
  model: AdoptedModel,
  variant: ModelVariant,
  runs: readonly Run[],
  { vectors, codes }: IndexStores,
  most: number,
): Promise<void> {
  const { dim } = model;
  const spans = [...(await codes.spans(model, variant))];
  for (let made = 0; made < most; made++) {
    const next = nextBlock(runs, spans);
    if (next === null) return;
    const read = await vectors.read(model, variant, next);
    const rows = next.reduce((total, { count }) => total + count, 0);
    const joined = new Float32Array(rows * dim);
    let at = 0;
    for (const [index, run] of next.entries()) {
      const halves = read[index];
      // Gone meanwhile: the next attempt has other runs.
      if (halves?.length !== run.count * dim) return;
      joined.set(unitRows(halves, dim), at);
      at += halves.length;
    }
    await codes.put(model, variant, { runs: next, codes: encodeOwnCodes(joined, dim) });
    spans.push(spanOf(next));
  }
}
