import type { SentenceFeatures } from "./sentence-features.ts";

/** The commonest words of each language that are no words of English; a word may be of several. */
const COMMON: Readonly<Record<string, string>> = {
  italian:
    "il lo la gli le di del della dello dei degli delle da dal dalla nel nella nei nelle che e è un una uno per con su sul sulla si non come più anche sono stato era alla alle ai agli al ed cui questo questa quello fra tra suo sua loro ha dopo dove ne ma se quanto così",
  french:
    "le la les de des du un une et est que qui dans en pour par sur au aux ne pas ce cette ces son sa ses il elle ils nous vous avec plus comme mais ou où être sont était leur leurs d'un d'une c'est qu'il je",
  german:
    "der die das den dem des und ist ein eine einer eines einem einen zu zum zur von vom mit für auf nicht sich als auch wie aus bei nach über im ist sind war wurde werden oder durch daß dass ich er sie es wir",
  spanish:
    "el la los las de del y que en un una por para con no se su sus es como más pero lo al fue son entre sobre este esta ha también",
  portuguese:
    "o os as de do da dos das e que em um uma por para com não se seu sua é como mais mas ao foi são entre sobre no na nos nas pelo pela",
  dutch:
    "de het een en van in is dat die te op voor met zijn niet aan er ook als bij door maar om uit naar dan nog werd worden heeft deze",
  latin:
    "et in est non ad cum ut ex quod qui quae sed si per ab aut quam de sunt esse eius nec atque hoc enim etiam pro quo inter ac",
  slavic:
    "je in v na za se ki da so z s po pa ne od do iz kot pri leta ter tudi i w się jest nie o jak był przez dla oraz bil bila ali v",
};
const ENGLISH = new Set(
  (
    "the of and to a in that is was for it with as his on by be at from he which this not had have or were their but one her " +
    "she they been has its an are who will would when there into more than so if no out up what about some him them these " +
    "then two other only over such after also any made all my me i you your we us our said could should through most where " +
    "between how before those under both while during"
  ).split(" "),
);
const OTHERS = Object.values(COMMON).map((words) => new Set(words.split(" ")));

/** Fewer words than this say nothing of a language. */
const LEAST_WORDS = 4;
const LEAST_SHARE = 0.16;
/** English is written in Latin letters: a sentence with more others than these is not, however few its words are. */
const MOST_OTHER_LETTERS = 0.5;
/** Fewer letters than this may be a sign, or one garbled word. */
const LEAST_LETTERS = 6;

/** Shares of a sentence's words that are common in English and in the other language that fits best. */
export function languageShares({ words }: SentenceFeatures): {
  readonly english: number;
  readonly other: number;
} {
  // "dell'artista" is an article and a noun.
  const parts = words.flatMap((word) => word.toLowerCase().split(/(?<=['’])/));
  const count = Math.max(1, parts.length);
  const english = parts.filter((word) => ENGLISH.has(word)).length / count;
  const elided = parts.filter((word) =>
    /^(?:l|d|dell|all|nell|dall|sull|un|qu|s|c|n|j)['’]$/.test(word),
  ).length;
  const best = Math.max(...OTHERS.map((set) => parts.filter((word) => set.has(word)).length));
  return { english, other: (best + elided) / count };
}

/**
 * Tells whether a sentence is written in another language than English.
 *
 * @param isForeignWork the work as a whole is: then a sentence without English words is enough
 */
export function isOtherLanguage(features: SentenceFeatures, isForeignWork: boolean): boolean {
  if (isInOtherScript(features.text)) return true;
  if (features.words.length < LEAST_WORDS) return false;
  const { english, other } = languageShares(features);
  if (isForeignWork) return english < 0.1 && other > english;
  return other >= LEAST_SHARE && other > 2 * english && other * features.words.length >= 3;
}

function isInOtherScript(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  return letters >= LEAST_LETTERS && letters - latin > MOST_OTHER_LETTERS * letters;
}
