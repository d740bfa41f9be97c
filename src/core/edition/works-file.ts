import { parseCslItem } from "../citation/csl.ts";
import { AppError } from "../errors.ts";
import { type FieldReader, readFields } from "../model/json-fields.ts";
import type { WorkSummary } from "../protocol.ts";

/** A work with what filters and citations need later. */
export interface WorkRecord extends WorkSummary {
  /** Sentences that it has in this edition. */
  readonly sentences: number;
  readonly topics: readonly string[];
  readonly creators: readonly string[];
  /** Its pictures in page order; logos, stamps and slivers are not among them. */
  readonly images: readonly WorkImage[];
}

/** A picture cut out of a page of a work. */
export interface WorkImage {
  /** Plain file name, as the blocks of the work's text name it. */
  readonly file: string;
  /** Page of the scan, 1 for the first; 0 where the name does not tell. */
  readonly page: number;
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** First 16 hex digits of its SHA-256. */
  readonly hash: string;
}

/** Content of the works file before compression. */
export interface WorksFile {
  readonly works: readonly WorkRecord[];
  /** Topic id -> name for people. */
  readonly topicNames: Readonly<Record<string, string>>;
  /** Topic or creator id -> other names that it is looked for by. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
}

const MOST_SENTENCES = 2 ** 32 - 1;

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: "works", why });
}

/** The works as UTF-8 JSON; the same works give the same bytes. The file in the edition is this, gzipped. */
export function encodeWorks(file: WorksFile): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(file));
}

/**
 * Validates the (decompressed) works file of an edition with `count` works.
 *
 * @throws AppError `edition-corrupt`
 */
export function parseWorks(utf8: Uint8Array, count: number): WorksFile {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(utf8));
  } catch (cause) {
    throw new AppError({ code: "edition-corrupt", file: "works", why: "not JSON" }, { cause });
  }
  const fields = readFields(json, "", corrupt);
  const works = fields.objects("works").map(parseWork);
  if (works.length !== count) throw corrupt(`it has ${works.length} of ${count} works`);
  const names = fields.raw("topicNames");
  const topicNames: Record<string, string> = {};
  if (typeof names === "object" && names !== null) {
    for (const [topic, name] of Object.entries(names)) {
      if (typeof name !== "string") throw corrupt(`topic ${topic} has no name`);
      topicNames[topic] = name;
    }
  }
  return { works, topicNames, aliases: parseAliases(fields) };
}

function parseAliases(fields: FieldReader): WorksFile["aliases"] {
  if (!fields.has("aliases")) return {};
  const aliases = fields.object("aliases");
  const ids = Object.keys(Object(fields.raw("aliases")));
  return Object.fromEntries(ids.map((id) => [id, aliases.texts(id)]));
}

/** A plain file name: it becomes part of an address. */
const PLAIN_FILE = /^[\w][\w.()-]{0,127}$/;
const HASH = /^[0-9a-f]{16}$/;
/** Pictures are a few thousand pixels wide; anything beyond is a mistake. */
const MOST_PIXELS = 1 << 20;
const MOST_IMAGE_BYTES = 1 << 30;

function parseImage(fields: FieldReader): WorkImage {
  const file = fields.text("file");
  const hash = fields.text("hash");
  if (!PLAIN_FILE.test(file)) throw corrupt(`${file} is not a plain file name`);
  if (!HASH.test(hash)) throw corrupt(`the hash of ${file}`);
  return {
    file,
    page: fields.integer("page", 0, MOST_SENTENCES),
    width: fields.integer("width", 1, MOST_PIXELS),
    height: fields.integer("height", 1, MOST_PIXELS),
    bytes: fields.integer("bytes", 1, MOST_IMAGE_BYTES),
    hash,
  };
}

/** A record may say nothing of its author, year or title. */
function textOrNothing(fields: FieldReader, name: string): string {
  return fields.raw(name) === "" ? "" : (fields.optionalText(name) ?? "");
}

function parseWork(fields: FieldReader): WorkRecord {
  const link = fields.optionalText("link");
  return {
    workId: fields.text("workId"),
    author: textOrNothing(fields, "author"),
    year: textOrNothing(fields, "year"),
    title: textOrNothing(fields, "title"),
    // A link becomes an href: anything but https is dropped here, once, for every reader.
    link: link?.startsWith("https://") === true ? link : null,
    isProjectNote: fields.raw("isProjectNote") === true,
    sentences: fields.integer("sentences", 0, MOST_SENTENCES),
    topics: fields.texts("topics"),
    creators: fields.texts("creators"),
    images: fields.has("images") ? fields.objects("images").map(parseImage) : [],
    citation: parseCslItem(fields.object("citation")),
  };
}

/** The bibliographic line alone, as it crosses to the page. */
export function summarizeWork(work: WorkRecord): WorkSummary {
  const { workId, author, year, title, link, isProjectNote, citation } = work;
  return { workId, author, year, title, link, isProjectNote, citation };
}
