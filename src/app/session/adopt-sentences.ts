import type { SearchClient } from "../../client/search-client.ts";
import { requireSameModel } from "../../core/edition/require-same-model.ts";
import { isAppError } from "../../core/errors.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type {
  AdoptedModel,
  EditionInfo,
  EmbeddedTexts,
  EncoderInfo,
  ModelVariant,
} from "../../core/protocol.ts";
import { MOST_ADOPTED_SENTENCES } from "../../core/search/adopted-vectors.ts";

/** Sentences that are embedded at once: what a cancelled or broken-off work loses at most, and how often progress shows. */
const BATCH_SENTENCES = 16;

/** What embedding an edition's sentences on this device needs. */
export interface AdoptionServices {
  readonly search: Pick<SearchClient, "sentences" | "adoptVectors">;
  /** Embeds texts with the open model. */
  embed(
    texts: readonly string[],
    signal: AbortSignal,
    report: ReportProgress,
  ): Promise<EmbeddedTexts>;
  /** Asks the person before minutes of work begin; ends when they agree. */
  ask(): Promise<void>;
}

/**
 * Makes an edition comparable with a model. Null where it was made with that model; else its sentences are embedded here, by
 * batches, going on where an earlier visit ended, and the model that they were embedded with is given back.
 *
 * @param variant whose vectors the edition is going to be searched with
 * @throws AppError `model-mismatch` for an edition of another model that is too large to be embedded on a device, or what the
 *   services throw; an AbortError after `signal`
 */
export async function adoptSentences(
  edition: EditionInfo,
  model: EncoderInfo,
  variant: ModelVariant,
  services: AdoptionServices,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<AdoptedModel | null> {
  try {
    requireSameModel(edition, model, variant);
    return null;
  } catch (error) {
    const isSmall = edition.sentences <= MOST_ADOPTED_SENTENCES;
    if (!isAppError(error, "model-mismatch") || !isSmall) throw error;
  }
  const { fingerprint, adapterFingerprint, dim } = model;
  const adopted = { fingerprint, adapterFingerprint, dim };
  const none = () => new Float32Array(0);
  const known = { ...adopted, firstRow: 0, base: none(), adapted: none() };
  let firstRow = await services.search.adoptVectors(signal, known);
  if (firstRow === edition.sentences) return adopted;
  await services.ask();
  const texts = await services.search.sentences(signal);
  while (firstRow < texts.length) {
    report({ phase: "embed", embedded: firstRow, total: texts.length });
    const batch = texts.slice(firstRow, firstRow + BATCH_SENTENCES);
    const { base, adapted } = await services.embed(batch, signal, report);
    firstRow = await services.search.adoptVectors(signal, { ...adopted, firstRow, base, adapted });
  }
  report({ phase: "embed", embedded: texts.length, total: texts.length });
  return adopted;
}
