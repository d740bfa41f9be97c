import { AppError } from "../../core/errors.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";
import type { ModelInUse } from "./model-in-use.ts";
import type { SessionServices } from "./session-services.ts";
import type { Offer } from "./session-state.ts";
import { withTextPart } from "./with-text-part.ts";

/** What embedding texts needs of the session. */
export interface EmbeddingParts {
  readonly services: Pick<SessionServices, "encoder" | "converter" | "textPartBytes">;
  readonly model: Pick<ModelInUse, "choice">;
}

/**
 * Embeds texts with the open model. The part for texts of a model that was made here is a download of its own: where it is
 * missing, the person is asked first.
 *
 * @param ask shows the offer of that download, and ends when it is taken
 * @throws AppError `text-tower-missing` for a model whose part for texts cannot be had, or what the services throw; an
 *   AbortError after `signal`
 */
export function embedTexts(
  { services, model }: EmbeddingParts,
  info: EncoderInfo,
  texts: readonly string[],
  ask: (offer: Extract<Offer, { kind: "fetch-text" }>) => Promise<void>,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<EmbeddedTexts> {
  const fetchTextPart = async (): Promise<void> => {
    const chosen = model.choice();
    if (chosen.kind !== "made") throw new AppError({ code: "text-tower-missing" });
    const { packId } = chosen;
    const bytes = services.textPartBytes(info.name);
    await ask({ kind: "fetch-text", model: info.name, bytes });
    await services.converter.makeText(signal, packId, report);
    await services.encoder.addText(signal, await services.converter.files(signal, packId));
  };
  return withTextPart(() => services.encoder.embedTexts(signal, texts, report), fetchTextPart);
}
