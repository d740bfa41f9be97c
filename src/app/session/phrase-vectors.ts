import { type Accessor, createSignal } from "solid-js";
import type { EncoderClient } from "../../client/encoder-client.ts";
import type { ReportProgress } from "../../core/progress.ts";
import type { EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";

/** Embeds phrases and remembers the newest one: a region, a mode or a model variant needs no second pass of the tower. */
export interface PhraseVectors {
  /**
   * The vectors of a phrase under an open model.
   *
   * @throws AppError what the encoder throws; an AbortError after `signal`
   */
  embed(
    text: string,
    model: Pick<EncoderInfo, "packId" | "fingerprint">,
    signal: AbortSignal,
    report: ReportProgress,
  ): Promise<EmbeddedTexts>;
  /** The vectors of the phrase that was embedded last; null for any other. */
  known(text: string): EmbeddedTexts | null;
  /** The phrase that was embedded last, where only its beginning was; else null. */
  readonly cut: Accessor<string | null>;
}

/** Creates an empty memory around an encoder. */
export function createPhraseVectors(encoder: Pick<EncoderClient, "embedTexts">): PhraseVectors {
  const [cut, setCut] = createSignal<string | null>(null);
  let newest: {
    readonly text: string;
    readonly key: string;
    readonly vectors: EmbeddedTexts;
  } | null = null;
  return {
    async embed(text, { packId, fingerprint }, signal, report) {
      const key = `${packId} ${fingerprint}`;
      if (newest?.text === text && newest.key === key) return newest.vectors;
      const vectors = await encoder.embedTexts(signal, [text], report);
      signal.throwIfAborted();
      newest = { text, key, vectors };
      setCut(vectors.isCut[0] === true ? text : null);
      return vectors;
    },
    known: (text) => (newest?.text === text ? newest.vectors : null),
    cut,
  };
}
