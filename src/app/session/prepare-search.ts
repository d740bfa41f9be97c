import { AppError } from "../../core/errors.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { AdoptedModel, EditionInfo, EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";
import { adoptSentences } from "./adopt-sentences.ts";
import type { ModelInUse } from "./model-in-use.ts";
import type { Opening } from "./opening.ts";
import type { PhraseVectors } from "./phrase-vectors.ts";
import type { SessionServices } from "./session-services.ts";
import type { Choices, Offer } from "./session-state.ts";
import { withTextPart } from "./with-text-part.ts";

/** What a search needs beside the choices. */
export interface Prepared {
  /** The model whose vectors stand in for the edition's own; null for those. */
  readonly adopted: AdoptedModel | null;
  /** Of the phrase, where there is one. */
  readonly vectors: EmbeddedTexts | null;
}

/** What the preparation is made of. */
export interface Preparing {
  readonly services: Pick<SessionServices, "encoder" | "search" | "converter" | "textPartBytes">;
  readonly model: Pick<ModelInUse, "choice" | "settle">;
  readonly encoder: Pick<Opening<EncoderInfo>, "open">;
  readonly edition: Pick<Opening<EditionInfo>, "open">;
  readonly phrases: Pick<PhraseVectors, "embed">;
}

/**
 * Makes ready what must be there before anything can be searched: sentences that the open model can be compared with, and the
 * phrase's vectors. Asks the person where that costs a download or minutes of work.
 *
 * @param ask shows an offer and ends when it is taken
 * @throws AppError `model-mismatch`, or what the services throw; an AbortError after `signal`
 */
export async function prepareSearch(
  preparing: Preparing,
  { phrase, variant }: Pick<Choices, "phrase" | "variant">,
  ask: (offer: Offer) => Promise<void>,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<Prepared> {
  const { services, model, encoder, edition, phrases } = preparing;
  const [opened, info] = await Promise.all([
    edition.open(signal, report),
    encoder.open(signal, report),
  ]);
  const embed = (texts: readonly string[]): Promise<EmbeddedTexts> =>
    withTextPart(() => services.encoder.embedTexts(signal, texts, report), fetchTextPart);
  /** Asks first: the part for texts of a made pack is a download of its own. */
  const fetchTextPart = async (): Promise<void> => {
    const chosen = model.choice();
    if (chosen.kind !== "made") throw new AppError({ code: "text-tower-missing" });
    const { packId } = chosen;
    const bytes = services.textPartBytes(info.name);
    await ask({ kind: "fetch-text", model: info.name, bytes });
    await services.converter.makeText(signal, packId, report);
    await services.encoder.addText(signal, await services.converter.files(signal, packId));
  };
  const { name, sentences } = opened;
  const adoption = {
    search: services.search,
    embed,
    ask: () => ask({ kind: "embed-sentences", model: info.name, edition: name, sentences }),
  };
  const adopted = await adoptSentences(opened, info, variant, adoption, report, signal);
  // Not before: who declines to embed the sentences goes back to the model before.
  model.settle();
  const vectors = phrase === null ? null : await phrases.embed(phrase.text, info, embed);
  return { adopted, vectors };
}
