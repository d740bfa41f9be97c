import { createLazy, type Lazy } from "../controls/create-lazy.ts";
import type { ParagraphProps } from "../source/Paragraph.tsx";
import type { SimilarSentencesProps } from "./SimilarSentences.tsx";

/** What opens under a sentence; fetched when the first one is opened. */
export interface ListParts {
  readonly paragraph: Lazy<ParagraphProps>;
  readonly similar: Lazy<SimilarSentencesProps>;
}

/** Creates them. */
export function createListParts(onError: (error: unknown) => void): ListParts {
  return {
    paragraph: createLazy(async () => (await import("../source/Paragraph.tsx")).Paragraph, onError),
    similar: createLazy(
      async () => (await import("./SimilarSentences.tsx")).SimilarSentences,
      onError,
    ),
  };
}
