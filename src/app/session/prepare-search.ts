import type { Among } from "../../core/facets/filter.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { AdoptedModel, EditionInfo, EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";
import { adoptSentences } from "./adopt-sentences.ts";
import { embedTexts } from "./embed-texts.ts";
import type { ModelInUse } from "./model-in-use.ts";
import type { Opening } from "./opening.ts";
import type { PhraseVectors } from "./phrase-vectors.ts";
import type { SessionServices } from "./session-services.ts";
import type { Choices, Offer } from "./session-state.ts";

/** What a search needs beside the choices. */
export interface Prepared {
  /** The model whose vectors stand in for the edition's own; null for those. */
  readonly adopted: AdoptedModel | null;
  /** The open model. */
  readonly info: EncoderInfo;
  /** The same, as own texts know it. */
  readonly model: AdoptedModel;
  /** Whose texts are searched, as far as there are any. */
  readonly among: Among;
  /** Of the phrase, where there is one. */
  readonly vectors: EmbeddedTexts | null;
}

/** What the preparation is made of. */
export interface Preparing {
  readonly services: Pick<
    SessionServices,
    "encoder" | "search" | "converter" | "textPartBytes" | "hasOwnTexts"
  >;
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
  { phrase, variant, filter }: Pick<Choices, "phrase" | "variant" | "filter">,
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
    embedTexts(preparing, info, texts, ask, report, signal);
  const { name, sentences } = opened;
  const adoption = {
    search: services.search,
    embed,
    ask: () => {
      const canUseDemo = model.choice().kind !== "demo";
      return ask({
        kind: "embed-sentences",
        model: info.name,
        edition: name,
        sentences,
        canUseDemo,
      });
    },
  };
  const among = services.hasOwnTexts() ? filter.among : "edition";
  const adopted =
    among === "own" ? null : await adoptSentences(opened, info, variant, adoption, report, signal);
  // Not before: who declines to embed the sentences goes back to the model before.
  model.settle();
  const vectors = phrase === null ? null : await phrases.embed(phrase.text, info, embed);
  const { fingerprint, adapterFingerprint, dim } = info;
  return { adopted, info, model: { fingerprint, adapterFingerprint, dim }, among, vectors };
}
