/** What a sentence id says: `W1982215463_s0001` is sentence 1 of the work `W1982215463`. */
export interface SentenceName {
  readonly workId: string;
  readonly number: number;
}

const SENTENCE_ID = /^(.+)_s(\d{1,10})$/s;
const MOST_NUMBER = 2 ** 32 - 1;
/** ArteFact's pipeline pads to four digits; from 10,000 on the number stands as it is. */
const DIGITS = 4;

/** Reads a sentence id; null where it is not a work, `_s` and a number. */
export function parseSentenceId(id: string): SentenceName | null {
  const [, workId, digits] = SENTENCE_ID.exec(id) ?? [];
  const number = Number(digits);
  return workId === undefined || !(number <= MOST_NUMBER) ? null : { workId, number };
}

/** The id that the pipeline gives a sentence. */
export function formatSentenceId({ workId, number }: SentenceName): string {
  return `${workId}_s${String(number).padStart(DIGITS, "0")}`;
}
