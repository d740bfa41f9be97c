import type { EditionInfo, ModelVariant, Scale } from "../protocol.ts";

/** What was searched with. */
interface Searched {
  readonly scale: Scale;
  readonly variant: ModelVariant;
  /** True for a part of a picture. */
  readonly isPart: boolean;
  /** Score of the closest sentence; null where none was found. */
  readonly best: number | null;
  /** True where only some of the works were searched, whose best says nothing of the others. */
  readonly isFiltered: boolean;
}

/**
 * Tells whether nothing close was found: the closest sentence lies further away than it does for 19 of 20 queries of the same
 * kind that the edition was tested with when it was built. A score by itself tells nothing, since its range differs from
 * model to model; so without that measurement, for a mixture of picture and phrase, and under a filter, nothing is claimed.
 */
export function isNothingClose(
  edition: Pick<EditionInfo, "reach">,
  { scale, variant, isPart, best, isFiltered }: Searched,
): boolean {
  if (best === null || isFiltered || scale === "mixed") return false;
  const kind = scale === "text" ? "texts" : isPart ? "patches" : "images";
  const reach = edition.reach?.find((one) => one.kind === kind && one.variant === variant);
  return reach !== undefined && best < reach.score;
}
