import { createWriteStream } from "node:fs";
import { mkdir, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type CorpusPlan, STREAMS, TOPICS } from "./corpus-plan.ts";
import { RandomStream } from "./random-stream.ts";
import { authorName, rowWords, topicName, workTitle } from "./words.ts";

/** Authors, and painters that works are filed under. */
const AUTHORS = 375;
const FIRST_WORK = 9_100_000_000;
/** Characters that are written at once. */
const PIECE = 1 << 20;

const workId = (work: number): string => `W${FIRST_WORK + work}`;

/** The id of a row: `<work>_s<number>`, numbers from 1 in four digits or more. */
function sentenceId(plan: CorpusPlan, row: number, work: number = plan.workOf(row)): string {
  const number = row - (plan.starts[work] ?? 0) + 1;
  return `${workId(work)}_s${String(number).padStart(4, "0")}`;
}

/** Calls `visit` with every row and its work. */
function* eachRow({ options, starts }: CorpusPlan): Generator<[row: number, work: number]> {
  for (let work = 0; work < options.works; work++) {
    const end = starts[work + 1] ?? 0;
    for (let row = starts[work] ?? 0; row < end; row++) yield [row, work];
  }
}

function* sentencesJson(plan: CorpusPlan): Generator<string> {
  let piece = "{";
  for (const [row, work] of eachRow(plan)) {
    const id = sentenceId(plan, row, work);
    const text = JSON.stringify(rowWords(plan, row));
    piece += `${row === 0 ? "" : ","}\n "${id}": {"English Original": ${text}, "Has CLIP Embedding": true}`;
    if (piece.length > PIECE) {
      yield piece;
      piece = "";
    }
  }
  yield `${piece}\n}\n`;
}

function* idsJson(plan: CorpusPlan): Generator<string> {
  let piece = "[";
  for (const [row, work] of eachRow(plan)) {
    piece += `${row === 0 ? "" : ", "}"${sentenceId(plan, row, work)}"`;
    if (piece.length > PIECE) {
      yield piece;
      piece = "";
    }
  }
  yield `${piece}]\n`;
}

function describeWork(plan: CorpusPlan, work: number) {
  const stream = new RandomStream(plan.options.seed, STREAMS.record, work);
  const topic = stream.below(TOPICS);
  const topics = [...new Set([topic, stream.below(TOPICS), stream.below(TOPICS)])];
  const author = authorName(stream.below(AUTHORS));
  const artist = authorName(stream.below(AUTHORS)).toLowerCase().replaceAll(" ", "_");
  const year = 1900 + stream.below(125);
  const title = workTitle(plan, work);
  const id = workId(work);
  return {
    topics,
    artist,
    record: {
      Artist: artist,
      Link: "",
      "Number of Sentences": (plan.starts[work + 1] ?? 0) - (plan.starts[work] ?? 0),
      DOI: `https://doi.org/10.5555/${id}`,
      ImageIDs: [],
      TopicIDs: topics.map(topicId),
      Relevance: 1,
      Author_Name: author,
      Work_Title: title,
      Year: String(year),
      BibTeX: `@article{${id},\n  author = "${author}",\n  title = "${title}",\n  year = "${year}",\n}`,
    },
  };
}

const topicId = (topic: number): string => `C${FIRST_WORK + topic}`;

/** Writes to a name of its own first, so that a file that is there is whole. */
async function writeWhole(path: string, pieces: Iterable<string>, signal: AbortSignal) {
  if ((await stat(path).catch(() => null)) !== null) return;
  const partial = `${path}.partial`;
  await pipeline(Readable.from(pieces), createWriteStream(partial), { signal });
  await rename(partial, path);
}

/**
 * Writes sentences.json, works.json, topics.json, topic_names.json and creators.json into `folder`, and the list of ids to
 * `idsPath`, streaming; files that are there are kept.
 */
export async function writeJsonFiles(
  plan: CorpusPlan,
  folder: string,
  idsPaths: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const works: Record<string, unknown> = {};
  const creators: Record<string, string[]> = {};
  const topics: Record<string, string[]> = {};
  for (let work = 0; work < plan.options.works; work++) {
    const { record, artist, topics: itsTopics } = describeWork(plan, work);
    works[workId(work)] = record;
    creators[artist] = [...(creators[artist] ?? []), workId(work)];
    for (const topic of itsTopics) {
      topics[topicId(topic)] = [...(topics[topicId(topic)] ?? []), workId(work)];
    }
  }
  const names = Array.from({ length: TOPICS }, (_, topic) => [topicId(topic), topicName(topic)]);
  const put = (name: string, content: unknown) =>
    writeFile(join(folder, name), `${JSON.stringify(content, null, 1)}\n`);
  await put("works.json", works);
  await put("creators.json", creators);
  await put("topics.json", topics);
  await put("topic_names.json", Object.fromEntries(names));
  for (const path of idsPaths) await writeWhole(path, idsJson(plan), signal);
  await writeWhole(join(folder, "sentences.json"), sentencesJson(plan), signal);
}
