import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { embedPictures, type Figure } from "./embedded.ts";
import { measureDeletion } from "./measure-curves.ts";
import { measureCells, measurePointing } from "./measure-maps.ts";
import { measurePairs } from "./measure-pairs.ts";
import { measureAdapter, measureRecall } from "./measure-recall.ts";
import { PICTURE_SETS } from "./sets.ts";

/**
 * Measures an encoder on the held-out pictures, drawn anew from their seeds, through the product's own graphs.
 *
 * @returns figures in the order of the model card
 */
export async function measureEncoder(
  encoder: NodeEncoder,
  signal: AbortSignal,
): Promise<readonly Figure[]> {
  const heldOut = await embedPictures(encoder, PICTURE_SETS.test, signal);
  const shifted = await embedPictures(encoder, PICTURE_SETS.testShifted, signal);
  return [
    ...(await measureRecall(encoder, heldOut, signal)),
    ...(await measurePointing(encoder, heldOut, signal)),
    ...(await measureDeletion(encoder, heldOut, signal)),
    ...(await measureCells(encoder, heldOut, signal)),
    ...(await measurePairs(encoder, heldOut, signal)),
    ...(await measureAdapter(encoder, heldOut, shifted, signal)),
  ];
}
