import { AppError } from "../errors.ts";

/** What may part the cells of a row. */
const DELIMITERS = [",", ";", "\t"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** More columns than this are no table of texts. */
const MOST_COLUMNS = 256;

/**
 * Parses a table of delimiter-separated values after RFC 4180: cells may be quoted, a quoted cell may hold delimiters, line
 * ends and doubled quotes. Rows may have unequal lengths; empty lines are left out.
 *
 * @param text with "\n" as its only line end
 * @param file name for the error
 * @throws AppError `texts-malformed` for a quote that never ends, text behind a closing quote, or too many columns
 */
export function parseCsv(text: string, delimiter: Delimiter, file: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  let line = 1;
  const fail = (why: string): AppError =>
    new AppError({ code: "texts-malformed", file, why: `${why} in line ${line}` });
  const endRow = (): void => {
    if (row.length > 1 || (row[0] ?? "").trim() !== "") rows.push(row);
    row = [];
  };
  while (at < text.length) {
    if (row.length >= MOST_COLUMNS) throw fail(`more than ${MOST_COLUMNS} columns`);
    if (text.charAt(at) === '"') {
      const { cell, next } = readQuoted(text, at);
      if (next < 0) throw fail("a quotation mark is opened and never closed");
      row.push(cell);
      line += cell.split("\n").length - 1;
      at = next;
      const after = text.charAt(at);
      if (after !== "" && after !== delimiter && after !== "\n") {
        throw fail("something stands behind a closing quotation mark");
      }
    } else {
      const end = nextOf(text, delimiter, at);
      row.push(text.slice(at, end));
      at = end;
    }
    if (text.charAt(at) === delimiter) {
      at += 1;
      // A delimiter at the very end opens one more, empty cell.
      if (at === text.length || text.charAt(at) === "\n") row.push("");
    }
    if (at < text.length && text.charAt(at) === "\n") {
      endRow();
      line += 1;
      at += 1;
    }
  }
  if (row.length > 0) endRow();
  return rows;
}

/** Where the cell that begins at `at` ends: before the next delimiter or line end. */
function nextOf(text: string, delimiter: Delimiter, at: number): number {
  let end = at;
  while (end < text.length) {
    const character = text.charAt(end);
    if (character === delimiter || character === "\n") break;
    end += 1;
  }
  return end;
}

/** A quoted cell that begins at `at`, and where it ends; `next` is −1 where it does not. */
function readQuoted(text: string, at: number): { readonly cell: string; readonly next: number } {
  let start = at + 1;
  let cell = "";
  for (;;) {
    const quote = text.indexOf('"', start);
    if (quote < 0) return { cell, next: -1 };
    cell += text.slice(start, quote);
    if (text.charAt(quote + 1) !== '"') return { cell, next: quote + 1 };
    cell += '"';
    start = quote + 2;
  }
}

/** Lines whose delimiters are counted. */
const SAMPLE_LINES = 20;

/** The delimiter that parts the first lines most evenly: the one that most lines have equally often, and often. */
export function detectDelimiter(text: string): Delimiter {
  const lines = text.split("\n", SAMPLE_LINES).filter((line) => line.trim() !== "");
  let best: { delimiter: Delimiter; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of DELIMITERS) {
    const counts = lines.map((line) => line.replaceAll(/"[^"]*"/g, "").split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    const same = counts.filter((count) => count === first).length;
    const score = first === 0 ? 0 : same + first / MOST_COLUMNS;
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
