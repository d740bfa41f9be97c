import type { TextBlock } from "../../../src/core/source/work-text.ts";
import type { BlockContext } from "./block-context.ts";
import { isProse, type SentenceFeatures } from "./sentence-features.ts";

/** What publishers, libraries and repositories print on and before an article. */
const NOTICES =
  /\b(?:open access|repositor(?:y|ies)|all rights reserved|copyright|creative commons|licen[sc]ed? under|cc[ -]by|issn|isbn|downloaded (?:from|by|on)|this content downloaded|terms (?:and conditions|of use)|citation for published version|published version|link to (?:the )?publication|cite this (?:article|version)|to cite this|version is available|postprint|preprint|author'?s version|accepted (?:manuscript|version)|take ?down policy|hal is a|submitted on|request permissions|peer[- ]?reviewed version|item record|publisher'?s (?:pdf|statement)|digiti[sz]ed by|internet archive|google|jstor|hdl\.handle\.net|document version|editorial (?:office|board)|for more information,? please contact|corresponding author|layout|received:? \d|article history)\b/i;
const ADDRESS = /[\w.+-]+@[\w-]+\.[\w.]+/;
/** "204 JOHN EVERETT MILLAIS", "1855] "THE RESCUE" 251", "HOLMAN HUNT 403". */
export const HEAD_WITH_PAGE =
  /^["'“‘\s]*(?:\d{1,3}|[iI1l]?\s?\d\s?\d?\s?\d?\])\s[^\p{Ll}]{3,60}$|^[^\p{Ll}]{3,60}\s\d{1,3}$|^["'“‘]?\d{3,4}\]/u;
/** A year behind a name in capitals: a head where no picture stands. */
const HEAD_WITH_YEAR = /^[^\p{Ll}]{3,60}\s1[4-9]\d\d$/u;
/** A line that stands so often in a work is none of its text. */
const LEAST_REPEATS = 3;
const MOST_WORDS = 40;

/** Tells whether a sentence is furniture of the page: a running head, a page number, a notice of publisher or library. */
export function isRunningHead(
  features: SentenceFeatures,
  block: TextBlock | null,
  context: BlockContext | null,
): boolean {
  const { text, words } = features;
  if (words.length > MOST_WORDS) return false;
  const isWholeBlock = block !== null && block.text.length <= text.length * 1.5 + 8;
  if (isWholeBlock && context !== null) {
    if (context.repeats >= LEAST_REPEATS && isLine(features, block, context)) return true;
    if (HEAD_WITH_PAGE.test(text) && words.length <= 10) return true;
    if (!context.isByPicture && HEAD_WITH_YEAR.test(text)) return true;
  }
  // Elsewhere the same words may be the author's.
  const isAtEdge = context?.isAtEdge ?? true;
  if (NOTICES.test(text)) return isAtEdge || (context?.repeats ?? 0) >= 2;
  return ADDRESS.test(text) && isAtEdge && !isProse(features);
}

/** Rows of tables and notes may repeat, and so may the address above a letter, which ends with a comma. */
function isLine(features: SentenceFeatures, block: TextBlock, context: BlockContext): boolean {
  if (block.kind === "table-row" || context.isNote || isProse(features)) return false;
  return !/[,;:]["”']?$/.test(features.text);
}
