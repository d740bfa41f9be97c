import type { EncodedPicture, ModelVariant, Scale } from "../../core/protocol.ts";
import type { PhraseMode, Region } from "./session-state.ts";
/** What is searched with, and what its scores compare. */
export interface Query {
  /** Unit vector [dim], a copy that may be transferred. */
  readonly vector: Float32Array<ArrayBuffer>;
  readonly scale: Scale;
}
/** What a phrase adds to a query. */
export interface PhrasePart {
  readonly mode: PhraseMode;
  /** Unit text vectors [dim] of the phrase. */
  readonly vectors: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
}
/**
 * The query for a picture's region, for a phrase, or for both: p, t, or normalize(p ± w · t).
 * A phrase without any picture is searched alone, whatever its mode; null where there is neither.
 *
 * @throws AppError invalid-argument for a cell outside the grid
 */
export declare function queryFor(
  encoded: EncodedPicture | null,
  variant: ModelVariant,
  region: Region,
  phrase: PhrasePart | null,
): Query | null;
/**
 * normalize(picture + weight · text), for unit vectors of one length and a weight of either sign.
 * Where the two cancel out, the picture alone: there is no direction left to search in.
 */
export declare function mixQuery(
  picture: Float32Array,
  text: Float32Array,
  weight: number,
): Float32Array<ArrayBuffer>;
