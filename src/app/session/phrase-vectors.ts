import { type Accessor, createSignal } from "solid-js";
import type { EmbeddedTexts, EncoderInfo } from "../../core/protocol.ts";

/** Remembers the vectors of the newest phrase: a region, a mode or a model variant needs no second pass of the tower. */
export interface PhraseVectors {
  /**
   * The vectors of a phrase under an open model, from `embedTexts` where they are not known.
   *
   * @throws AppError what `embedTexts` throws
   */
  embed(
    text: string,
    model: Pick<EncoderInfo, "packId" | "fingerprint">,
    embedTexts: (texts: readonly string[]) => Promise<EmbeddedTexts>,
  ): Promise<EmbeddedTexts>;
  /** The vectors of the phrase that was embedded last; null for any other. */
  known(text: string): EmbeddedTexts | null;
  /** The phrase that was embedded last, where only its beginning was; else null. */
  readonly cut: Accessor<string | null>;
}

/** Creates an empty memory. */
export function createPhraseVectors(): PhraseVectors {
  const [cut, setCut] = createSignal<string | null>(null);
  let newest: {
    readonly text: string;
    readonly key: string;
    readonly vectors: EmbeddedTexts;
  } | null = null;
  return {
    async embed(text, { packId, fingerprint }, embedTexts) {
      const key = `${packId} ${fingerprint}`;
      if (newest?.text === text && newest.key === key) return newest.vectors;
      const vectors = await embedTexts([text]);
      newest = { text, key, vectors };
      setCut(vectors.isCut[0] === true ? text : null);
      return vectors;
    },
    known: (text) => (newest?.text === text ? newest.vectors : null),
    cut,
  };
}
