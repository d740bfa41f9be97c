import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SentenceText } from "../../src/core/edition/texts-file.ts";
import type { WorkRecord } from "../../src/core/edition/works-file.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";
import { BuildError, nameSome } from "./build-error.ts";
import { readWork } from "./corpus/read-work.ts";
import { findDuplicateKeys } from "./duplicate-keys.ts";
import { alignSentences } from "./source/align.ts";
import { readMarkdown } from "./source/read-markdown.ts";

/** A corpus in memory; a row of the edition is the index of its sentence. */
export interface Corpus {
  /** Grouped by work, in the order of the works. */
  readonly sentences: readonly SentenceText[];
  /** Index of the work of each sentence. */
  readonly workOfRow: Uint32Array<ArrayBuffer>;
  /** The works that have sentences. */
  readonly works: readonly WorkRecord[];
  readonly topicNames: Readonly<Record<string, string>>;
  /** The text of each work and where its sentences stand in it; null where the corpus has none. */
  readonly texts: readonly (WorkText | null)[];
}

/** Files of a corpus; the last two may be missing. */
export const CORPUS_FILES = {
  sentences: "sentences.json",
  works: "works.json",
  topicNames: "topic_names.json",
  creators: "creators.json",
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** Ends a sentence id: `W1982215463_s0001` belongs to the work `W1982215463`. */
const SENTENCE_NUMBER = /_s\d+$/;

/**
 * Reads a corpus in ArteFact's form: `sentences.json` {id: {"English Original"}}, `works.json` {id: record}, and where they
 * are there `topic_names.json` {topic: name} and `creators.json` {creator: [work]}.
 *
 * @param markdown folder with `<work>/<work>.md`, or null; works without a file have no text
 * @param areProjectNotes marks every work as a note that this project wrote itself
 * @throws BuildError naming what is wrong: ids twice, a sentence without text or work, a file that is not an object
 */
export async function readCorpus(
  folder: string,
  markdown: string | null,
  areProjectNotes: boolean,
): Promise<Corpus> {
  const sentenceFields = await readObject(join(folder, CORPUS_FILES.sentences));
  const workFields = await readObject(join(folder, CORPUS_FILES.works));
  const topicNames = await readObject(join(folder, CORPUS_FILES.topicNames), {});
  const creators = await readObject(join(folder, CORPUS_FILES.creators), {});

  const byWork = new Map<string, SentenceText[]>();
  const withoutText: string[] = [];
  const withoutWork: string[] = [];
  for (const [sentenceId, fields] of Object.entries(sentenceFields)) {
    const text = isObject(fields) ? fields["English Original"] : undefined;
    const workId = sentenceId.replace(SENTENCE_NUMBER, "");
    if (typeof text !== "string" || text.trim() === "") withoutText.push(sentenceId);
    else if (!isObject(workFields[workId])) withoutWork.push(sentenceId);
    else {
      const siblings = byWork.get(workId) ?? [];
      siblings.push({ sentenceId, text });
      byWork.set(workId, siblings);
    }
  }
  if (withoutText.length > 0) throw new BuildError(`no text: ${nameSome(withoutText)}`);
  if (withoutWork.length > 0) throw new BuildError(`no work: ${nameSome(withoutWork)}`);
  if (byWork.size === 0) throw new BuildError("the corpus has no sentences");

  const works = [...byWork].map(([workId, sentences]) => {
    const fields = workFields[workId];
    const record = isObject(fields) ? fields : {};
    const madeBy = creatorsOf(workId, creators);
    const topics = record["TopicIDs"];
    const { work } = readWork(
      workId,
      record,
      {
        sentences: sentences.length,
        topics: Array.isArray(topics) ? topics.filter((topic) => typeof topic === "string") : [],
        creators: madeBy,
        images: [],
        isProjectNote: areProjectNotes,
      },
      null,
    );
    return work;
  });
  const sentences = [...byWork.values()].flat();
  const workOfRow = Uint32Array.from(
    [...byWork.values()].flatMap((siblings, work) => siblings.map(() => work)),
  );
  const texts: (WorkText | null)[] = [];
  for (const [workId, siblings] of byWork) {
    texts.push(markdown === null ? null : await readWorkText(markdown, workId, siblings));
  }
  return { sentences, workOfRow, works, topicNames: textsOf(topicNames), texts };
}

async function readWorkText(
  folder: string,
  workId: string,
  sentences: readonly SentenceText[],
): Promise<WorkText | null> {
  const markdown = await readFile(join(folder, workId, `${workId}.md`), "utf8").catch(() => null);
  if (markdown === null) return null;
  const blocks = readMarkdown(markdown);
  const texts = sentences.map(({ text }) => text);
  return { blocks, spans: alignSentences(blocks, texts) };
}

function creatorsOf(workId: string, creators: Fields): string[] {
  return Object.entries(creators)
    .filter(([, works]) => Array.isArray(works) && works.includes(workId))
    .map(([creator]) => creator);
}

function textsOf(fields: Fields): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value === "string") texts[key] = value;
  }
  return texts;
}

/** Reads a JSON object; where the file is missing, `fallback` if there is one. */
async function readObject(path: string, fallback?: Fields): Promise<Fields> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (fallback !== undefined) return fallback;
    throw new BuildError(`${path} cannot be read`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BuildError(`${path} is not JSON`, { cause });
  }
  if (!isObject(json)) throw new BuildError(`${path} is not an object`);
  const twice = findDuplicateKeys(text);
  if (twice.length > 0) throw new BuildError(`${path} has ids twice: ${nameSome(twice)}`);
  return json;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
