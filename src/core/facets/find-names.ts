import { foldName } from "./filter.ts";

/** A name as it is searched: its words, and those of its other names, folded. */
export interface SearchableName {
  /** Words of the name first, then of each alias; one list per spelling. */
  readonly spellings: readonly (readonly string[])[];
}

const NOT_WORDS = /[^\p{L}\p{N}]+/u;

function wordsOf(name: string): string[] {
  return foldName(name)
    .split(NOT_WORDS)
    .filter((word) => word !== "");
}

/** Prepares a name and its aliases for {@link matchesName}. */
export function makeSearchable(name: string, aliases: readonly string[]): SearchableName {
  return { spellings: [name, ...aliases].map(wordsOf) };
}

/**
 * Tells whether what was typed finds a name: every typed word begins a word of one spelling, in any order, so that
 * "durer", "dürer, al" and "albrecht d" all find Albrecht Dürer. An empty text finds every name.
 */
export function matchesName({ spellings }: SearchableName, typed: string): boolean {
  const asked = wordsOf(typed);
  return spellings.some((words) =>
    asked.every((part) => words.some((word) => word.startsWith(part))),
  );
}
