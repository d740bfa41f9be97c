import { yearOf } from "../citation/csl.ts";
import { familyFirst } from "../citation/names.ts";
import { readMarkup, toPlainText } from "../citation/rich-text.ts";
import {
  type ExportDocument,
  type ExportedSentence,
  NEARNESS_NOTE,
  OPEN_PAGE,
} from "./export-document.ts";

/** Lines end so in CSV (RFC 4180, section 2). */
const LINE_END = "\r\n";
/** Tells spreadsheets that the file is UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * What makes a spreadsheet take a cell for a formula when it stands at its beginning (OWASP, "CSV Injection"), the full-width
 * forms that some programs take for the same, and the invisible characters that may stand before either.
 */
const FORMULA_START = /^[\s\u200B-\u200D\uFEFF]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/**
 * The same where a cell would begin in a spreadsheet that parts by semicolons or tabs: in many countries that is the setting,
 * and quotes in the middle of its cells hold nothing together.
 */
const FORMULA_WITHIN = /(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g;

type Cell = string | number | null;

/** A cell (RFC 4180): quoted where it must be; text that a spreadsheet would compute gets an apostrophe before it. */
export function csvCell(value: Cell): string {
  if (value === null) return "";
  // A number is written by this program and computes nothing, whatever its sign.
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const inner = value.replaceAll(FORMULA_WITHIN, "'");
  const safe = FORMULA_START.test(inner) ? `'${inner}` : inner;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

type Column = readonly [
  name: string,
  of: (sentence: ExportedSentence, all: ExportDocument) => Cell,
];

const text = (value: string | undefined): string =>
  value === undefined ? "" : toPlainText(readMarkup(value));

/** One line a sentence; each says by itself where it comes from, since lines are sorted and pasted elsewhere. */
const COLUMNS: readonly Column[] = [
  ["rank", ({ place }) => place?.rank ?? null],
  ["strength", ({ place }) => place?.strength ?? null],
  ["cosine", ({ place }) => (place === null ? null : Number(place.cosine.toFixed(6)))],
  ["sentence", (sentence) => sentence.text],
  ["page", () => OPEN_PAGE],
  ["authors", ({ work }) => (work.author ?? []).map(familyFirst).join("; ")],
  ["editors", ({ work }) => (work.editor ?? []).map(familyFirst).join("; ")],
  ["year", ({ work }) => yearOf(work)],
  ["title", ({ work }) => text(work.title)],
  ["container", ({ work }) => text(work["container-title"])],
  ["publisher", ({ work }) => work.publisher ?? ""],
  ["doi", ({ work }) => work.DOI ?? ""],
  ["url", ({ work }) => work.URL ?? ""],
  ["work_id", ({ work }) => work.id],
  ["sentence_id", ({ sentenceId }) => sentenceId],
  ["kinds", ({ kinds }) => kinds.join(" ")],
  ["picture", (_, { query }) => query.picture],
  ["region", (_, { query }) => query.region],
  ["phrase", (_, { query }) => query.phrase?.text ?? null],
  ["phrase_mode", (_, { query }) => query.phrase?.mode ?? null],
  ["filters", (_, { filters }) => filters.join("; ")],
  ["model", (_, { model }) => model.name],
  ["model_fingerprint", (_, { model }) => model.fingerprint],
  ["edition", (_, { edition }) => edition.name],
  ["edition_id", (_, { edition }) => edition.editionId],
  ["exported", (_, { date }) => date],
  ["note", () => NEARNESS_NOTE],
];

/**
 * The sentences as CSV (RFC 4180) with a header.
 *
 * @param withMark whether a byte order mark comes first, without which some spreadsheets take UTF-8 for another encoding
 */
export function toCsv(document: ExportDocument, withMark: boolean): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...document.sentences.map((sentence) =>
      COLUMNS.map(([, of]) => csvCell(of(sentence, document))),
    ),
  ];
  const csv = lines.map((cells) => cells.join(",") + LINE_END).join("");
  return withMark ? BYTE_ORDER_MARK + csv : csv;
}
