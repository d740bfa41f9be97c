import type { OwnTextsClient } from "../../client/own-texts-client.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { AdoptedModel, EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";

/** What reading texts with a model needs. */
export interface ReadingServices {
  readonly texts: Pick<OwnTextsClient, "unread" | "takeVectors">;
  /** Embeds with the model in use, and tells which one that was. */
  embed(
    texts: readonly string[],
  ): Promise<{ readonly info: EncoderInfo; readonly vectors: EmbeddedTexts }>;
}

/**
 * Embeds every own sentence that a model has not read, some at a time; what is done is kept, so that a broken-off work goes on
 * where it ended.
 *
 * @param total sentences that are to be read
 * @returns false where another model was chosen meanwhile
 * @throws AppError what the services throw; an AbortError after `signal`
 */
export async function readWithModel(
  model: AdoptedModel,
  total: number,
  { texts, embed }: ReadingServices,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<boolean> {
  let embedded = 0;
  for (;;) {
    report({ phase: "embed", embedded, total: Math.max(total, embedded) });
    const unread = await texts.unread(signal, model);
    if (unread === null) return true;
    const { info, vectors } = await embed(unread.texts);
    signal.throwIfAborted();
    if (!isModel(info, model)) return false;
    const { base, adapted } = vectors;
    const { firstRow } = unread;
    await texts.takeVectors(signal, { ...model, firstRow, base, adapted });
    embedded += unread.texts.length;
  }
}

/** The model as own texts know it. */
export function asModel({ fingerprint, adapterFingerprint, dim }: EncoderInfo): AdoptedModel {
  return { fingerprint, adapterFingerprint, dim };
}

function isModel(info: EncoderInfo, model: AdoptedModel): boolean {
  return (
    info.fingerprint === model.fingerprint &&
    info.adapterFingerprint === model.adapterFingerprint &&
    info.dim === model.dim
  );
}
