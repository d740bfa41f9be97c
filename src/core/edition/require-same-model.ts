import { AppError } from "../errors.ts";
import type { EditionInfo, EncoderInfo, ModelVariant } from "../protocol.ts";

/**
 * An edition holds the text vectors of one model, and where that had an adapter, of one adapter: searching it with
 * another model's vectors gives nonsense that looks like answers. Base vectors need the same model only, whatever
 * adapters there are.
 *
 * @param variant whose vectors are going to be searched with; "adapted" of a model without an adapter is its base
 * @throws AppError `model-mismatch` unless fingerprint and length agree, and for adapted vectors the adapter too
 */
export function requireSameModel(
  edition: Pick<EditionInfo, "name" | "fingerprint" | "adapterFingerprint" | "dim">,
  model: Pick<EncoderInfo, "name" | "fingerprint" | "adapterFingerprint" | "dim">,
  variant: ModelVariant,
): void {
  const isAdapted = variant === "adapted" && model.adapterFingerprint !== null;
  if (
    edition.fingerprint !== model.fingerprint ||
    edition.dim !== model.dim ||
    (isAdapted && edition.adapterFingerprint !== model.adapterFingerprint)
  ) {
    throw new AppError({ code: "model-mismatch", edition: edition.name, model: model.name });
  }
}
