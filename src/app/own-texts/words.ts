import type { AddedTexts, TextsPreview } from "../../core/own-texts/protocol.ts";

const number = new Intl.NumberFormat("en");

/** "1 sentence", "1,204 sentences". */
export function countWords(count: number, one: string, many: string = `${one}s`): string {
  return `${number.format(count)} ${count === 1 ? one : many}`;
}

/** How many sentences in how many texts. */
export function amountWords(sentences: number, works: number): string {
  return `${countWords(sentences, "sentence")} in ${countWords(works, "text")}`;
}

const KIND_WORDS: Readonly<Record<TextsPreview["kind"], string>> = {
  text: "Plain text",
  markdown: "Markdown",
  table: "Table",
  list: "List in JSON",
  export: "Texts exported from ArteFact",
};

/** What a file is: "Table, UTF-8". */
export function kindWords({ kind, encoding }: TextsPreview): string {
  return `${KIND_WORDS[kind]}, ${encoding}`;
}

/** What adding did, in a sentence. */
export function addedWords({ works, sentences, known }: AddedTexts): string {
  if (works === 0) return "Nothing was added: every text of this file is here already.";
  const added = `Added ${amountWords(sentences, works)}.`;
  if (known === 0) return added;
  return `${added} ${countWords(known, "text")} of the file ${known === 1 ? "was" : "were"} here already.`;
}
