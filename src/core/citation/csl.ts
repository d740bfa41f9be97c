import type { FieldReader } from "../model/json-fields.ts";

/**
 * A person, or a body that is named as a whole ("ArteFact project"). CSL-JSON's name, without the particles that
 * Crossref's records do not tell apart: "van Gogh" is a family name. `suffix` is "Jr." or "III".
 */
export type CslName =
  | { readonly family: string; readonly given?: string; readonly suffix?: string }
  | { readonly literal: string };

/** The kinds of work that ArteFact's BibTeX can say; the names are those of CSL 1.0.2. */
const CSL_TYPES = ["article-journal", "book", "chapter", "paper-conference", "document"] as const;
export type CslType = (typeof CSL_TYPES)[number];

/**
 * A bibliographic record in CSL-JSON (Citation Style Language 1.0.2, "csl-data.json"), as far as the corpus needs it.
 * `title` and `container-title` may hold `<i>`, `<sub>`, `<sup>`, `<b>` and `<span …>`, which are shown or dropped, never
 * inserted as HTML.
 */
export interface CslItem {
  readonly id: string;
  readonly type: CslType;
  readonly title: string;
  readonly author?: readonly CslName[];
  readonly editor?: readonly CslName[];
  readonly issued?: { readonly "date-parts": readonly (readonly number[])[] };
  readonly "container-title"?: string;
  readonly volume?: string;
  readonly issue?: string;
  /** "32-54", or an article number. */
  readonly page?: string;
  readonly publisher?: string;
  readonly DOI?: string;
  readonly URL?: string;
  readonly note?: string;
}

const TEXT_FIELDS = [
  "container-title",
  "volume",
  "issue",
  "page",
  "publisher",
  "DOI",
  "URL",
  "note",
] as const;

function isCslType(type: string): type is CslType {
  return (CSL_TYPES as readonly string[]).includes(type);
}

/** The type that a record says, or `document` for one that this program does not know. */
export function toCslType(type: string): CslType {
  return isCslType(type) ? type : "document";
}

/**
 * Validates a record of an edition; fields that are not known are dropped.
 *
 * @throws what `fields` throws where a field is of another type
 */
export function parseCslItem(fields: FieldReader): CslItem {
  const texts = TEXT_FIELDS.flatMap((name) => {
    const value = fields.optionalText(name);
    return value === null || value === "" ? [] : [[name, value] as const];
  });
  const year = fields.has("issued") ? readYear(fields.raw("issued")) : null;
  const names = (role: "author" | "editor"): readonly CslName[] =>
    fields.has(role) ? fields.objects(role).map(readName) : [];
  const [authors, editors] = [names("author"), names("editor")];
  return {
    id: fields.text("id"),
    type: toCslType(fields.text("type")),
    title: fields.text("title"),
    ...(authors.length > 0 ? { author: authors } : {}),
    ...(editors.length > 0 ? { editor: editors } : {}),
    ...(year === null ? {} : { issued: { "date-parts": [[year]] } }),
    ...Object.fromEntries(texts),
  };
}

function readName(fields: FieldReader): CslName {
  const literal = fields.optionalText("literal");
  if (literal !== null) return { literal };
  const given = fields.optionalText("given");
  const family = fields.text("family");
  const suffix = fields.optionalText("suffix");
  if (given === null || given === "") return { family };
  return { family, given, ...(suffix === null ? {} : { suffix }) };
}

/** The year of `{"date-parts": [[2012]]}`, or null for anything else. */
function readYear(issued: unknown): number | null {
  if (typeof issued !== "object" || issued === null) return null;
  const parts: unknown = Reflect.get(issued, "date-parts");
  const [first]: unknown[] = Array.isArray(parts) ? parts : [];
  const [year]: unknown[] = Array.isArray(first) ? first : [];
  return typeof year === "number" && Number.isInteger(year) ? year : null;
}

/** The year of publication, or null where the record has none. */
export function yearOf(item: CslItem): number | null {
  return item.issued?.["date-parts"][0]?.[0] ?? null;
}

/** Who answers for a work in its citation, and who else is named. */
interface Credit {
  /** Its authors, or its editors where it has none. */
  readonly names: readonly CslName[];
  /** True where these are editors. */
  readonly areEditors: boolean;
  /** Editors beside authors. */
  readonly editors: readonly CslName[];
}

/** Whom a work is cited under: a volume without an author goes under its editors. */
export function creditOf({ author = [], editor = [] }: CslItem): Credit {
  return author.length > 0
    ? { names: author, areEditors: false, editors: editor }
    : { names: editor, areEditors: editor.length > 0, editors: [] };
}

/** The address that a citation ends in: the DOI's where there is one. */
export function addressOf(item: CslItem): string | null {
  if (item.DOI !== undefined) return `https://doi.org/${item.DOI}`;
  return item.URL ?? null;
}
