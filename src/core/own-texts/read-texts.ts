import { AppError } from "../errors.ts";
import { type CsvColumns, columnNames, detectColumns, textsOfRows } from "./csv-columns.ts";
import { decodeText, type TextEncoding } from "./decode-text.ts";
import {
  MOST_EXPORT_BYTES,
  MOST_FILE_BYTES,
  MOST_OWN_SENTENCES,
  MOST_OWN_WORKS,
} from "./limits.ts";
import { type OwnRecord, tidyRecord } from "./own-record.ts";
import { type OwnWork, textOfBlocks, worksOfTexts } from "./own-work.ts";
import { detectDelimiter, parseCsv } from "./parse-csv.ts";
import { readJsonTexts } from "./read-json-texts.ts";
import { readMarkdownText } from "./read-markdown-text.ts";
import { readPlainText } from "./read-plain-text.ts";
import { beginsAsTextsFile, isTextsFile, parseTextsFile } from "./texts-file.ts";

/** A file of texts: what is in it, and how it was read. */
export interface ReadTexts {
  readonly kind: "text" | "markdown" | "table" | "list" | "export";
  readonly encoding: TextEncoding;
  /** Works that have sentences, in the order of the file. */
  readonly works: readonly OwnWork[];
  /** Of a table: the columns that were taken, the names of all, and the first rows. */
  readonly table: {
    readonly columns: CsvColumns;
    readonly names: readonly string[];
    readonly sample: readonly (readonly string[])[];
  } | null;
}

/** A file with its name, as a person gave it. */
export interface TextsFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Rows of a table that are shown for the choice of its columns. */
const SAMPLE_ROWS = 3;

/**
 * Reads a file of a person's own texts by its content and the end of its name: plain text, Markdown, a table, a list in JSON, or
 * an export of this page.
 *
 * @param columns of a table; guessed where null
 * @throws AppError `texts-format`, `texts-malformed`, `texts-empty` for a file without a sentence, or `texts-too-large`
 */
export function readTexts({ name, bytes }: TextsFile, columns: CsvColumns | null): ReadTexts {
  const { text, encoding } = decodeText(bytes, name);
  requireSize(name, bytes.length, beginsAsTextsFile(text));
  const title = titleOf(name);
  const read = readDecoded(text, name, title, columns);
  const works = read.works
    .filter((work) => work.text.spans.length > 0)
    .map((work) => ({ ...work, record: withTitle(tidyRecord(work.record), title) }));
  const sentences = works.reduce((total, work) => total + work.text.spans.length, 0);
  if (sentences === 0 && read.table === null)
    throw new AppError({ code: "texts-empty", file: name });
  const tooMany = (what: "sentences" | "works", found: number, limit: number): AppError =>
    new AppError({ code: "texts-too-large", file: name, what, found, limit });
  if (sentences > MOST_OWN_SENTENCES) throw tooMany("sentences", sentences, MOST_OWN_SENTENCES);
  if (works.length > MOST_OWN_WORKS) throw tooMany("works", works.length, MOST_OWN_WORKS);
  return { ...read, encoding, works };
}

/**
 * Throws AppError `texts-too-large` for a file of more bytes than are read, before anybody reads it, and `texts-empty` for
 * one without any.
 *
 * @param isExport whether it begins as an export of a page like this, which may be larger
 */
export function requireSize(file: string, bytes: number, isExport: boolean): void {
  if (bytes === 0) throw new AppError({ code: "texts-empty", file });
  const limit = isExport ? MOST_EXPORT_BYTES : MOST_FILE_BYTES;
  if (bytes <= limit) return;
  throw new AppError({ code: "texts-too-large", file, what: "bytes", found: bytes, limit });
}

function readDecoded(
  text: string,
  file: string,
  title: string,
  chosen: CsvColumns | null,
): Omit<ReadTexts, "encoding"> {
  const plain: OwnRecord = { title, author: "", year: "" };
  if (/\.json$/i.test(file) || beginsAsTextsFile(text)) {
    const json = parseJson(text, file);
    if (isTextsFile(json))
      return { kind: "export", works: parseTextsFile(json, file), table: null };
    return { kind: "list", works: worksOfTexts(readJsonTexts(json, title, file)), table: null };
  }
  if (/\.(csv|tsv|tab)$/i.test(file)) {
    const rows = parseCsv(text, detectDelimiter(text), file);
    const columns = chosen ?? detectColumns(rows);
    const names = columnNames(rows, columns);
    const sample = rows.slice(columns.hasHeader ? 1 : 0).slice(0, SAMPLE_ROWS);
    const works = worksOfTexts(textsOfRows(rows, columns, title));
    return { kind: "table", works, table: { columns, names, sample } };
  }
  if (/\.(md|markdown)$/i.test(file)) {
    const { blocks, record } = readMarkdownText(text);
    return {
      kind: "markdown",
      works: [{ record: { ...plain, ...record }, text: textOfBlocks(blocks) }],
      table: null,
    };
  }
  const works = [{ record: plain, text: textOfBlocks(readPlainText(text)) }];
  return { kind: "text", works, table: null };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError(
      { code: "texts-malformed", file, why: `it is not JSON (${why})` },
      { cause },
    );
  }
}

/** The name of a file without its end, as a title. */
function titleOf(file: string): string {
  const name = file
    .replace(/\.[^.]*$/, "")
    .replaceAll("_", " ")
    .trim();
  return name === "" ? "Untitled" : name;
}

function withTitle(record: OwnRecord, title: string): OwnRecord {
  return record.title === "" ? { ...record, title } : record;
}
