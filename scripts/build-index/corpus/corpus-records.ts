import { access } from "node:fs/promises";
import { join } from "node:path";
import { BuildError, nameSome } from "../build-error.ts";
import { readJsonEntries } from "./json-entries.ts";

/** Files of a corpus; only the first two must be there. */
export const CORPUS_FILES = {
  sentences: "sentences.json",
  works: "works.json",
  topics: "topics.json",
  topicNames: "topic_names.json",
  creators: "creators.json",
  aliases: "aliases.json",
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** Everything that a corpus says beside its sentences and texts. */
export interface CorpusRecords {
  /** Records by work id, in the order of the file; those without sentences too. */
  readonly works: ReadonlyMap<string, Fields>;
  readonly topicNames: Readonly<Record<string, string>>;
  /** Topic or creator id -> other names. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  topicsOf(workId: string): readonly string[];
  creatorsOf(workId: string): readonly string[];
  /** Works by topic and by creator as the corpus' own lists have them, works without sentences among them. */
  readonly listed: { readonly topics: WorkLists; readonly creators: WorkLists };
}

type WorkLists = ReadonlyMap<string, readonly string[]>;

/**
 * Reads `works.json`, and where they are there `topics.json` {topic: [work]}, `topic_names.json` {topic: name},
 * `creators.json` {creator: [work]} and `aliases.json` {topic or creator: [name]}. A work's topics are its own `TopicIDs`,
 * or those that list it where it has none; its creators those that list it, or its `Artist` where there are no lists.
 *
 * @throws BuildError naming a file that is no JSON object or has an id twice
 */
export async function readRecords(folder: string, signal: AbortSignal): Promise<CorpusRecords> {
  const read = (file: string) => readAll(join(folder, file), signal);
  const readOptional = async (file: string) =>
    (await isThere(join(folder, file))) ? read(file) : new Map<string, unknown>();
  const works = new Map<string, Fields>();
  for (const [workId, record] of await read(CORPUS_FILES.works)) {
    if (isObject(record)) works.set(workId, record);
  }
  const names = await readOptional(CORPUS_FILES.topicNames);
  const topics = listsOf(await readOptional(CORPUS_FILES.topics));
  const creators = listsOf(await readOptional(CORPUS_FILES.creators));
  const aliases = listsOf(await readOptional(CORPUS_FILES.aliases));
  const topicsByWork = invert(topics);
  const creatorsByWork = invert(creators);
  return {
    works,
    topicNames: Object.fromEntries(
      [...names].flatMap(([id, name]) => (typeof name === "string" ? [[id, name]] : [])),
    ),
    aliases: Object.fromEntries(aliases),
    topicsOf(workId) {
      const own = textsOf(works.get(workId)?.["TopicIDs"]);
      return own.length > 0 ? own : (topicsByWork.get(workId) ?? []);
    },
    creatorsOf(workId) {
      if (creators.size > 0) return creatorsByWork.get(workId) ?? [];
      const artist = works.get(workId)?.["Artist"];
      return typeof artist === "string" && artist !== "" ? [artist] : [];
    },
    listed: { topics, creators },
  };
}

async function readAll(path: string, signal: AbortSignal): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>();
  const twice = new Set<string>();
  for await (const entries of readJsonEntries(path, signal)) {
    for (const { key, value } of entries) {
      if (values.has(key)) twice.add(key);
      values.set(key, value);
    }
  }
  if (twice.size > 0) throw new BuildError(`${path} has ids twice: ${nameSome([...twice])}`);
  return values;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "string" && item !== "")
    : [];
}

function listsOf(values: ReadonlyMap<string, unknown>): Map<string, readonly string[]> {
  return new Map([...values].map(([id, list]) => [id, textsOf(list)]));
}

function invert(lists: WorkLists): Map<string, string[]> {
  const inverted = new Map<string, string[]>();
  for (const [id, members] of lists) {
    for (const member of members) {
      const ids = inverted.get(member) ?? [];
      ids.push(id);
      inverted.set(member, ids);
    }
  }
  return inverted;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
