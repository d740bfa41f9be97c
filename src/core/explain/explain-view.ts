import type { MapMethod, ModelVariant } from "../protocol.ts";
import { mergeRows } from "../view/merge-cells.ts";
import type { ViewExplanation } from "./explanation-state.ts";
import { explainTexts } from "./maps.ts";

/**
 * Maps over the cells of a view. Every frame is explained by itself, as the only picture that the model was shown; the value
 * of a cell is the mean of the frames' patches over it, by the weights that its vector has. Borders take no part.
 *
 * @param texts unit text vectors [count × dim] under `variant`
 * @returns maps [count × rows × columns], row-major, not scaled; 0 where a cell does not speak for the text
 * @throws AppError `invalid-argument` for a length that is not a multiple of the embedding's
 */
export function explainView(
  { frames, merge }: ViewExplanation,
  texts: Float32Array,
  variant: ModelVariant,
  method: MapMethod,
): Float32Array<ArrayBuffer> {
  const cells = merge.starts.length - 1;
  const ofFrames = frames.map((state) => ({
    patches: state.patchCount,
    maps: explainTexts(state, texts, variant, method),
  }));
  const count = (ofFrames[0]?.maps.length ?? 0) / (ofFrames[0]?.patches ?? 1);
  const maps = new Float32Array(count * cells);
  for (let text = 0; text < count; text += 1) {
    const own = ofFrames.map((frame) =>
      frame.maps.subarray(text * frame.patches, (text + 1) * frame.patches),
    );
    maps.set(mergeRows(merge, own, 1), text * cells);
  }
  return maps;
}
