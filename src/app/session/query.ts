import type {
  EncodedPicture,
  EncodedRegion,
  ModelVariant,
  SearchRequest,
} from "../../core/protocol.ts";
import { poolCells } from "../../core/view/pool-cells.ts";
import { cellIndex } from "../../core/view/transforms.ts";
import type { PhraseMode, Region } from "./session-state.ts";

/** What is searched with, and what its scores compare. All vectors are copies that may be transferred. */
type Query = Required<Pick<SearchRequest, "query" | "scale">> & Pick<SearchRequest, "phrase">;

/** What a phrase adds to a query. */
export interface PhrasePart {
  readonly mode: PhraseMode;
  /** Unit text vectors [dim] of the phrase. */
  readonly vectors: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
}

/**
 * The query for a picture's region, for a phrase, or for both: p, t, or normalize(p ± w · t), of which the search finds w.
 * A phrase without any picture is searched alone, whatever its mode; null where there is neither, and for a rectangle that
 * nothing is known of yet, outside of what the model saw.
 *
 * @param crop the region embedded on its own, or null
 * @throws AppError invalid-argument for a cell outside the grid
 */
export function queryFor(
  encoded: EncodedPicture | null,
  crop: EncodedRegion | null,
  variant: ModelVariant,
  region: Region,
  phrase: PhrasePart | null,
): Query | null {
  const text = phrase?.vectors[variant] ?? null;
  if (encoded === null || phrase?.mode === "alone") {
    return text === null ? null : { query: text.slice(), scale: "text" };
  }
  const query = regionVector(encoded, crop, variant, region);
  if (query === null) return null;
  if (phrase === null || text === null) return { query, scale: "picture" };
  const isAdded = phrase.mode === "add";
  return { query, scale: "mixed", phrase: { vector: text.slice(), isAdded } };
}

/** The unit vector of a region, as a copy. A rectangle has that of `crop`, or until that is there the mean of its cells. */
function regionVector(
  encoded: EncodedPicture,
  crop: EncodedRegion | null,
  variant: ModelVariant,
  region: Region,
): Float32Array<ArrayBuffer> | null {
  const whole = encoded.whole[variant];
  switch (region.kind) {
    case "whole":
      return whole.slice();
    case "cell": {
      const start = cellIndex(encoded.view, region) * whole.length;
      return encoded.patches[variant].slice(start, start + whole.length);
    }
    case "rect":
      return (
        crop?.whole[variant].slice() ??
        poolCells(encoded.view, encoded.patches[variant], region.rect)
      );
  }
}
