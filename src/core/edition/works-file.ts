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
}

/** Content of the works file before compression. */
export interface WorksFile {
  readonly works: readonly WorkRecord[];
  /** Topic id -> name for people. */
  readonly topicNames: Readonly<Record<string, string>>;
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
  return { works, topicNames };
}

function parseWork(fields: FieldReader): WorkRecord {
  const link = fields.optionalText("link");
  return {
    workId: fields.text("workId"),
    author: fields.optionalText("author") ?? "",
    year: fields.optionalText("year") ?? "",
    title: fields.optionalText("title") ?? "",
    // A link becomes an href: anything but https is dropped here, once, for every reader.
    link: link?.startsWith("https://") === true ? link : null,
    isProjectNote: fields.raw("isProjectNote") === true,
    sentences: fields.integer("sentences", 0, MOST_SENTENCES),
    topics: fields.texts("topics"),
    creators: fields.texts("creators"),
    citation: parseCslItem(fields.object("citation")),
  };
}

/** The bibliographic line alone, as it crosses to the page. */
export function summarizeWork(work: WorkRecord): WorkSummary {
  const { workId, author, year, title, link, isProjectNote, citation } = work;
  return { workId, author, year, title, link, isProjectNote, citation };
}
