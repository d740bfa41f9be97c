import type { CslItem } from "../../core/citation/csl.ts";
import type { FoundSentence } from "../../core/protocol.ts";

/** A sentence and the work that it stands in. */
interface CitedSentence {
  readonly sentence: string;
  readonly work: CslItem;
}

/** What is being cited: one sentence of a work, several of any works, or works as they stand in a list. */
export type Citing =
  | ({ readonly kind: "sentence" } & CitedSentence)
  | { readonly kind: "sentences"; readonly sentences: readonly CitedSentence[] }
  | { readonly kind: "works"; readonly works: readonly CslItem[] };

/** The works of some sentences, each once, in the order in which they first appear. */
export function worksOf(found: readonly FoundSentence[]): readonly CslItem[] {
  return [...new Map(found.map(({ work }) => [work.workId, work.citation])).values()];
}

/** One sentence, or several, as they are cited. */
export function citingSentences(found: readonly FoundSentence[]): Citing {
  const sentences = found.map(({ text, work }) => ({ sentence: text, work: work.citation }));
  const [only] = sentences;
  return sentences.length === 1 && only !== undefined
    ? { kind: "sentence", ...only }
    : { kind: "sentences", sentences };
}
