import type { BlockContext } from "./block-context.ts";
import { isProse, type SentenceFeatures } from "./sentence-features.ts";

/** Marks of a citation; each kind counts once. */
const MARKS: readonly RegExp[] = [
  /\b(?:ibid|op\. ?cit|loc\. ?cit|idem|passim|et al|cfr|vedi nota|hereafter)\b/i,
  /\b(?:pp?|fols?|fos?|ff|cc?|sigs?|bl|s)\.\s?(?:\d|[–,;.]|$|[rv]\b|[ivxlc]+\b)/i,
  /\b(?:vols?|nos?|nr|núm|bd|iss|ch|chap|ser)\.\s?(?:\d|[ivxlc]+\b|$)/i,
  /\b(?:eds?|trans|repr|rev|transl|comp|hrsg|hg)\.?(?:[\s,)]|$)|\b(?:edited by|translated by|a cura di|s\. l\.)/i,
  /\b(?:university press|press,|presses|publish(?:ers|ing)|verlag|éditions|editions|editore|edizioni|editoriale|UP, \d{4}|& (?:sons|co)\b|routledge|blackwell|macmillan|gallimard|springer|penguin)\b/i,
  /\b(?:journal|review|quarterly|annals|proceedings|transactions|bulletin|bollettino|studies|studi|archiv|revue|zeitschrift|jahrbuch|magazine|times|gazette|annales|conference)\b/i,
  /\(\s?[^()]{2,40}:?[^()]*,?\s?(?:1[4-9]|20)\d\d[a-z]?\)/,
  /\b\d{1,4}\s?\(\d{1,4}(?:[–-]\d+)?\)|\(\d{4}[a-z]?\)\.?,?|\b\d{1,3}\.\d{1,2},? (?:\d{4}|\()/,
  /\b\d{1,4}\s?[–—]\s?\d{1,4}\b|\b\d{2,4},\s?\d{4,8}\b|:\s?\d{1,4}[–-]\d{1,4}/,
  /\b(?:https?:|www\.|doi\b|10\.\d{4,}\/|arxiv|accessed|retrieved|last accessed|available at)/i,
  /\b(?:MSS?|PRO|BL|BN|Add\.|Archivio|Archives?|Record Office|ASFi|ASSi|AAPi|ASPi|ASLu|ASVr|ASVe|HEH|SP|CP)\b/,
  /^(?:See|Cf\.|Cited in|Quoted in|For (?:a|the|an)\b.{0,60}\bsee|Also see|Si veda|Si vedano|Vgl\.|Voir)\b/,
  /^\p{Lu}[\p{L}'’-]+,\s(?:\p{Lu}\.?|\p{Lu}\p{Ll}+)(?:[\s,.]|$)/u,
  /\b(?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept?|Oct|Nov|Dec)\.? (?:\d{4}|\d{1,2},? \d{4})/,
  /,\s(?:1[4-9]|20)\d\d[a-z]?(?:[,.;:]|$)|\.\s(?:1[4-9]|20)\d\d[a-z]?[.,]/,
  /\b\p{Lu}\p{L}+,? (?:1[4-9]|20)\d\d(?:[–-]\d+)?[,.)]/u,
  /,\s\d{1,3}(?:[–-]\d+)?(?:\s\(|[,.;n]|$)/,
  /^\p{Lu}\p{L}+,\s(?:pp?\.|[^,]{3,60},\s?(?:pp?\.\s?)?\d)/u,
  /(?:\p{Lu}[\p{L}'’-]+,?\s(?:\p{Lu}\.\s?)+[,;&]?\s?(?:and\s)?){2}/u,
  /^[\p{L}\s.]+:\s?[\p{L}\s.&'’-]+,?\s?(?:1[4-9]|20)?\d?\d?\.?$/u,
];

/** How much a sentence looks like an entry of a list of references by itself; 2 is a clear case. */
export function citationScore(features: SentenceFeatures): number {
  const { text, words, capitalised, proseWords } = features;
  const marks = MARKS.filter((mark) => mark.test(text)).length;
  const perLength = words.length > 40 ? 0.7 : 1;
  const names = capitalised > 0.5 && words.length > 1 ? 0.5 : 0;
  return Math.min(marks, 4) * perLength + names - 0.9 * Math.min(proseWords, 5);
}

/** The least score, from the sentence, its place and its neighbours, that makes an entry. */
const LEAST = 2;

/**
 * Tells whether a sentence is an entry of a list of references or a note that only cites.
 *
 * @param near mean of the scores of the sentences around it, which fragments of one entry share
 */
export function isBibliography(
  features: SentenceFeatures,
  own: number,
  near: number,
  context: BlockContext | null,
): boolean {
  if (context?.section === "references") return !isDiscursive(features) || own >= LEAST;
  const inNotes = context?.section === "notes" || context?.isNote === true;
  const place = (inNotes ? 0.8 : 0) + (features.beginsWithNoteNumber ? 0.4 : 0);
  const around = Math.max(-1, Math.min(1, 0.5 * near));
  return own + place + around >= LEAST && (own >= 0.5 || near >= 1.5) && !isLongProse(features);
}

/** Prose that is no title: a note below a list of references. */
function isDiscursive(features: SentenceFeatures): boolean {
  const { words, capitalised } = features;
  return words.length >= 12 && (isProse(features) || (words.length >= 20 && capitalised < 0.3));
}

/** A note that argues, though it cites as well. */
function isLongProse({ words, proseWords }: SentenceFeatures): boolean {
  return words.length >= 25 && proseWords >= 4;
}
