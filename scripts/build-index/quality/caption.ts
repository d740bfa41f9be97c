import type { TextBlock } from "../../../src/core/source/work-text.ts";
import type { BlockContext } from "./block-context.ts";
import { HEAD_WITH_PAGE } from "./running-head.ts";
import { isProse, type SentenceFeatures } from "./sentence-features.ts";

/** "Figure 3.", "Pl. IV", "Table 2:" at the beginning, and not "Figure 3 shows". */
const NUMBERED =
  /^\W*(?:fig(?:ure|\.)?|figs\.|plates?|pl\.|illustrations?|ill\.|tables?|tab\.|abb\.|image|photo|map|slika)\s?(?:\d+|[ivxlc]+\b)[a-z]?(?:[.:)\]—–-]|\s+\p{Lu}|$)/iu;
/** Who holds a picture or lets it be printed, and what it is made of. */
const CREDIT =
  /\b(?:courtesy|by permission|©|photo(?:graph)? by|reproduced|collection of|private collection|oil on|watercolou?r|pen(?:cil)? drawing|pen and ink|original drawing|engraving|lithograph|etching|collodion|gelatin|from a (?:miniature|photograph|sketch|drawing|painting)|title on slide|sketch (?:for|by)|study (?:for|of)|design (?:for|by)|\(photo|interior (?:view )?of|view of)\b|©|\b(?:source|photo(?:graph)?) ?:/i;
/** Captions are short; longer text beside a picture is the author's. */
const MOST_WORDS = 45;
const LONGEST_BLOCK = 320;

/** Tells whether a sentence is the words below a picture or a table, or an entry of a list of illustrations. */
export function isCaption(
  features: SentenceFeatures,
  block: TextBlock | null,
  context: BlockContext | null,
): boolean {
  const { text, words, inCapitals } = features;
  if (words.length === 0 || words.length > MOST_WORDS) return false;
  if (context?.section === "pictures") return !isProse(features);
  if (NUMBERED.test(text))
    return !isProse(features) && (block === null || standsAlone(block, text));
  if (context?.isByPicture !== true || block === null) return false;
  if (block.kind !== "paragraph" && block.kind !== "item" && block.kind !== "heading") return false;
  if (block.text.length > LONGEST_BLOCK) return false;
  const isTitle =
    inCapitals > 0.5 && words.length >= 2 && !endsOpen(text) && !HEAD_WITH_PAGE.test(text);
  return isTitle || (CREDIT.test(text) && !isProse(features));
}

/** A caption begins its block. */
function standsAlone(block: TextBlock, text: string): boolean {
  return block.text
    .trimStart()
    .slice(0, 12)
    .toLowerCase()
    .startsWith(text.slice(0, 6).toLowerCase());
}

function endsOpen(text: string): boolean {
  return /[,;:]$/.test(text);
}
