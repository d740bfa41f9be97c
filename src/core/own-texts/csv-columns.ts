import type { OwnRecord } from "./own-record.ts";
import type { RecordedText } from "./own-work.ts";

/** Which columns of a table hold what; null where none does. Columns count from 0. */
export interface CsvColumns {
  readonly hasHeader: boolean;
  readonly text: number;
  readonly title: number | null;
  readonly author: number | null;
  readonly year: number | null;
}

const NAMES: Readonly<Record<"text" | keyof OwnRecord, RegExp>> = {
  text: /^(text|texts|sentence|sentences|quote|quotation|passage|content|body|note|notes|caption|description|english original)$/,
  title: /^(title|work|work[ _]title|source|book|article)$/,
  author: /^(author|authors|author[ _]name|creator|writer)$/,
  year: /^(year|date|published|publication[ _]year)$/,
};

/** Rows that the lengths are taken from. */
const SAMPLE_ROWS = 200;

/**
 * Guesses the columns: by the names in the first row; where no column is named as text, the one with the longest cells is
 * it. The first row is a header where one of its cells is such a name.
 */
export function detectColumns(rows: readonly (readonly string[])[]): CsvColumns {
  const header = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const named = (name: keyof typeof NAMES): number | null => {
    const at = header.findIndex((cell) => NAMES[name].test(cell));
    return at < 0 ? null : at;
  };
  const [text, title, author, year] = [
    named("text"),
    named("title"),
    named("author"),
    named("year"),
  ];
  const hasHeader = rows.length > 1 && [text, title, author, year].some((at) => at !== null);
  if (!hasHeader) {
    return { hasHeader, text: longestColumn(rows, []), title: null, author: null, year: null };
  }
  const taken = [title, author, year].filter((at) => at !== null);
  return { hasHeader, text: text ?? longestColumn(rows.slice(1), taken), title, author, year };
}

function longestColumn(rows: readonly (readonly string[])[], taken: readonly number[]): number {
  const totals: number[] = [];
  for (const row of rows.slice(0, SAMPLE_ROWS)) {
    row.forEach((cell, at) => {
      totals[at] = (totals[at] ?? 0) + (taken.includes(at) ? 0 : cell.length);
    });
  }
  return Math.max(0, totals.indexOf(Math.max(0, ...totals)));
}

/** Names of the columns for people: the header's, or their numbers. */
export function columnNames(
  rows: readonly (readonly string[])[],
  { hasHeader }: Pick<CsvColumns, "hasHeader">,
): readonly string[] {
  const width = rows.slice(0, SAMPLE_ROWS).reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from({ length: width }, (_, at) => {
    const name = hasHeader ? (rows[0]?.[at] ?? "").trim() : "";
    return name === "" ? `Column ${at + 1}` : name;
  });
}

/** The texts of a table's rows, each with its record; `title` stands for what has none. */
export function textsOfRows(
  rows: readonly (readonly string[])[],
  columns: CsvColumns,
  title: string,
): RecordedText[] {
  const cell = (row: readonly string[], at: number | null): string =>
    at === null ? "" : (row[at] ?? "").trim();
  return rows.slice(columns.hasHeader ? 1 : 0).map((row) => ({
    text: cell(row, columns.text),
    title: cell(row, columns.title) || title,
    author: cell(row, columns.author),
    year: cell(row, columns.year),
  }));
}
