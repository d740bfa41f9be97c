import { AppError } from "../errors.ts";
import type { EditionInfo, EncoderInfo } from "../protocol.ts";

/**
 * An edition holds the text vectors of one model: searching it with another model's vectors gives nonsense that looks
 * like answers. Throws `model-mismatch` unless fingerprint and length agree.
 */
export function requireSameModel(
  edition: Pick<EditionInfo, "name" | "fingerprint" | "dim">,
  model: Pick<EncoderInfo, "name" | "fingerprint" | "dim">,
): void {
  if (edition.fingerprint !== model.fingerprint || edition.dim !== model.dim) {
    throw new AppError({ code: "model-mismatch", edition: edition.name, model: model.name });
  }
}
