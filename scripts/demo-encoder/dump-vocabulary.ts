/**
 * Writes the words that captions of the grammar are made of. Other words were at most seen as filler.
 *
 *   npx tsx scripts/demo-encoder/dump-vocabulary.ts <file>
 */
import { writeFileSync } from "node:fs";
import {
  COLOUR_WORDS,
  FUNCTION_WORDS,
  GROUND_WORDS,
  MOTIF_WORDS,
  SIZE_WORDS,
  TEMPERATURE_WORDS,
  TEXTURE_WORDS,
  TONE_WORDS,
} from "./words.ts";

function wordsOf(lists: readonly (readonly string[])[]): string[] {
  return lists
    .flat()
    .flatMap((phrase) => phrase.split(/[^a-z]+/))
    .filter((word) => word.length > 0);
}

const content = wordsOf([
  ...Object.values(MOTIF_WORDS).flatMap(({ countable, mass }) => [countable, mass]),
  ...[COLOUR_WORDS, SIZE_WORDS, TONE_WORDS, TEMPERATURE_WORDS, GROUND_WORDS, TEXTURE_WORDS].flatMap(
    (table) => Object.values(table),
  ),
]);
const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: dump-vocabulary.ts <file>");
const all = [...new Set([...content, ...FUNCTION_WORDS])].sort();
writeFileSync(file, `${JSON.stringify(all)}\n`);
console.log(`${all.length} words`);
