import { AppError, isAppError } from "../errors.ts";
import { readFields } from "../model/json-fields.ts";
import { encodeWorkText, parseWorkText } from "../source/work-text.ts";
import { tidyRecord } from "./own-record.ts";
import type { OwnWork } from "./own-work.ts";

/** What the file of exported texts says of itself, so that it is known again whatever it is called. */
const FORMAT = "artefact-texts";
const VERSION = 1;
/** How the file's name ends. */
export const TEXTS_FILE_SUFFIX = ".artefact-texts.json";

/**
 * One work as a line of the exported file. The file is JSON: {@link textsFileHead}, the works' lines parted by ",\n", and
 * {@link TEXTS_FILE_TAIL}; so it can be written work by work. Vectors are not in it: they are made again.
 */
export function textsFileLine({ record, text }: OwnWork): string {
  const body = new TextDecoder().decode(encodeWorkText(text));
  return `{"record":${JSON.stringify(record)},"sentences":${text.spans.length},"text":${body}}`;
}

/** How the file begins. */
export function textsFileHead(): string {
  return `{"format":"${FORMAT}","version":${VERSION},"works":[\n`;
}

/** How the file ends. */
export const TEXTS_FILE_TAIL = "\n]}\n";

/** Tells from the beginning of a file whether it was exported by a page like this. */
export function beginsAsTextsFile(text: string): boolean {
  return text.startsWith(`{"format":"${FORMAT}"`);
}

/** Tells whether parsed JSON is a file of exported texts, of any version. */
export function isTextsFile(json: unknown): boolean {
  return typeof json === "object" && json !== null && Reflect.get(json, "format") === FORMAT;
}

/**
 * Reads the works of an exported file, with every span checked against its text.
 *
 * @param file name for the error
 * @throws AppError `texts-malformed`, also for a version that a newer page wrote
 */
export function parseTextsFile(json: unknown, file: string): OwnWork[] {
  const fail = (why: string): AppError => new AppError({ code: "texts-malformed", file, why });
  const fields = readFields(json, "", fail);
  const version = fields.raw("version");
  if (version !== VERSION) {
    throw fail(`it has version ${String(version)}, and this page reads ${VERSION}`);
  }
  return fields.objects("works").map((work, index) => {
    const record = work.object("record");
    const sentences = work.integer("sentences", 0, Number.MAX_SAFE_INTEGER);
    const utf8 = new TextEncoder().encode(JSON.stringify(work.raw("text") ?? null));
    try {
      return {
        record: tidyRecord({
          title: textOrNone(record.raw("title")),
          author: textOrNone(record.raw("author")),
          year: textOrNone(record.raw("year")),
        }),
        text: parseWorkText(utf8, sentences),
      };
    } catch (error) {
      if (!isAppError(error, "edition-corrupt")) throw error;
      throw fail(`the text of work ${index + 1} is damaged: ${error.detail.why}`);
    }
  });
}

function textOrNone(value: unknown): string {
  return typeof value === "string" ? value : "";
}
