import type {
  EncodedPicture,
  EncodedRegion,
  MapMethod,
  ModelVariant,
} from "../../core/protocol.ts";
import type { Phrase } from "./session-state.ts";

/** Maps [rows × columns] by one method, as far as they are computed. */
export interface SentenceMaps {
  /** By row of the sentence in the edition. */
  readonly ofRows: ReadonlyMap<number, Float32Array>;
  /** Of the phrase that was searched with; null without one, or before it is computed. */
  readonly ofPhrase: Float32Array | null;
}

/** The maps of a list, by method. */
export type MapsByMethod = Readonly<Partial<Record<MapMethod, SentenceMaps>>>;

/** What a map holds for: the same sentence looks otherwise on another part of the picture, or under another variant. */
export interface MapBasis {
  readonly encoded: EncodedPicture | null;
  readonly crop: EncodedRegion | null;
  readonly variant: ModelVariant;
  readonly phrase: Phrase | null;
}

const NONE: SentenceMaps = { ofRows: new Map(), ofPhrase: null };

/** Tells whether the maps of sentences that were made for one list hold for another. */
export function isSameBasis(one: MapBasis, other: MapBasis): boolean {
  return one.encoded === other.encoded && one.crop === other.crop && one.variant === other.variant;
}

/** What of the maps of one list can be kept for another. */
export function keptMaps(maps: MapsByMethod, before: MapBasis, after: MapBasis): MapsByMethod {
  if (!isSameBasis(before, after)) return {};
  if (before.phrase?.text === after.phrase?.text) return maps;
  return Object.fromEntries(
    Object.entries(maps).map(([method, { ofRows }]) => [method, { ofRows, ofPhrase: null }]),
  );
}

/** Maps with more of them. */
export function withMaps(maps: MapsByMethod, method: MapMethod, more: SentenceMaps): MapsByMethod {
  const { ofRows, ofPhrase } = maps[method] ?? NONE;
  const joined = {
    ofRows: new Map([...ofRows, ...more.ofRows]),
    ofPhrase: more.ofPhrase ?? ofPhrase,
  };
  return { ...maps, [method]: joined };
}
