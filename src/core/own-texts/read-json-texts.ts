import { AppError } from "../errors.ts";
import type { RecordedText } from "./own-work.ts";

/** Names that a text, or a field of its record, goes by in a list of objects; the first that is there counts. */
const TEXT_FIELDS = ["text", "sentence", "quote", "content", "English Original"] as const;
const RECORD_FIELDS = {
  title: ["title", "Work_Title"],
  author: ["author", "Author_Name"],
  year: ["year", "Year"],
} as const;
/** ArteFact's key of a sentence: its work, and its number there. */
const SENTENCE_ID = /^(.+)_s(\d+)$/;

/**
 * Reads texts from parsed JSON: a list of strings, a list of objects with `text` and perhaps `title`, `author` and `year`, or
 * ArteFact's `sentences.json`, whose keys name works and whose sentences are put in order.
 *
 * @param file name for the error; `title` stands for what has none
 * @throws AppError `texts-malformed` for anything else, with the entry named
 */
export function readJsonTexts(json: unknown, title: string, file: string): RecordedText[] {
  const fail = (why: string): AppError => new AppError({ code: "texts-malformed", file, why });
  if (Array.isArray(json)) {
    return json.map((entry: unknown, index) => {
      if (typeof entry === "string") return { text: entry, title, author: "", year: "" };
      const text = firstText(entry, TEXT_FIELDS);
      if (text === null)
        throw fail(`entry ${index + 1} is neither a text nor an object with “text”`);
      return {
        text,
        title: firstText(entry, RECORD_FIELDS.title) || title,
        author: firstText(entry, RECORD_FIELDS.author) ?? "",
        year: firstText(entry, RECORD_FIELDS.year) ?? "",
      };
    });
  }
  if (typeof json !== "object" || json === null) throw fail("it is neither a list nor an object");
  return sentencesInOrder(json, fail);
}

function sentencesInOrder(json: object, fail: (why: string) => AppError): RecordedText[] {
  const sentences = Object.entries(json).map(([id, value]) => {
    const [, work, number] = SENTENCE_ID.exec(id) ?? [];
    const text = firstText(value, TEXT_FIELDS);
    if (work === undefined || text === null) {
      throw fail(
        `“${id.slice(0, 40)}” is no sentence such as “W123_s0001” with “English Original”`,
      );
    }
    return { work, number: Number(number), text };
  });
  const workOrder = new Map<string, number>();
  for (const { work } of sentences) if (!workOrder.has(work)) workOrder.set(work, workOrder.size);
  return sentences
    .sort(
      (left, right) =>
        (workOrder.get(left.work) ?? 0) - (workOrder.get(right.work) ?? 0) ||
        left.number - right.number,
    )
    .map(({ work, text }) => ({ text, title: work, author: "", year: "" }));
}

/** The first field that is there, as text; numbers count, because years are often numbers. */
function firstText(entry: unknown, names: readonly string[]): string | null {
  if (typeof entry !== "object" || entry === null) return null;
  for (const name of names) {
    const value: unknown = Object.hasOwn(entry, name) ? Reflect.get(entry, name) : undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
  }
  return null;
}
