// Makes json/ of the sample corpus from works.source.json and markdown/: plain Node, no dependencies,
// the same bytes on every run. Usage: node build.mjs [--out <folder>] (default: json/ beside this file).
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const AUTHOR = "ArteFact project";
const YEAR = "2026";
const NOTE =
  "Note of this project, written for the sample corpus; not peer-reviewed scholarship";
// The shape of an OpenAlex work id, so that readers of the format need no second case, but given by this project.
const WORK_ID = /^W9\d{9}$/;
const CREATOR_ID = /^[a-z]+(?:_[a-z]+)*$/;
// Every work is equally fitting for its creators, so the field says nothing and is constant.
const RELEVANCE = 1;

/** Stops the build, naming the work at fault. */
function fail(workId, problem) {
  throw new Error(`sample corpus, ${workId}: ${problem}`);
}

/**
 * Reads one work's Markdown: a heading, the project's notice as a quotation, then paragraphs parted
 * by blank lines with one sentence a line.
 */
function readWork(workId) {
  const text = readFileSync(join(ROOT, "markdown", workId, `${workId}.md`), "utf8");
  const [heading, notice, ...paragraphs] = text.trimEnd().split("\n\n");
  if (!heading.startsWith("# ")) fail(workId, "no heading");
  if (notice !== `> ${NOTE}.`) fail(workId, "the project's notice is missing");
  const sentences = paragraphs.flatMap((paragraph) => paragraph.split("\n"));
  for (const sentence of sentences) {
    if (!/^\p{Lu}.*[.?!]$/u.test(sentence)) fail(workId, `not a sentence: ${sentence}`);
  }
  return { title: heading.slice(2), sentences };
}

/** The BibTeX entry of one work, in the layout of ArteFact's own entries. */
function bibtex(workId, title) {
  return [
    `@misc{${workId},`,
    `  author = "{${AUTHOR}}",`,
    `  title = "{${title}}",`,
    `  year = "${YEAR}",`,
    `  note = {${NOTE}},`,
    "}",
  ].join("\n");
}

/** Adds a work to the list kept under a key. */
function append(lists, key, workId) {
  lists[key] = [...(lists[key] ?? []), workId];
}

/** Builds the five tables of ArteFact's corpus format, keyed by file name. */
function buildTables() {
  const source = JSON.parse(readFileSync(join(ROOT, "works.source.json"), "utf8"));
  const tables = {
    sentences: {},
    works: {},
    creators: {},
    topics: {},
    topic_names: source.topicNames,
  };
  for (const { id, title, creators, topics } of source.works) {
    if (!WORK_ID.test(id) || id in tables.works) fail(id, "bad or repeated work id");
    const work = readWork(id);
    if (work.title !== title) fail(id, `titles differ: ${work.title} / ${title}`);
    for (const creator of creators) {
      if (!CREATOR_ID.test(creator)) fail(id, `bad creator id ${creator}`);
      append(tables.creators, creator, id);
    }
    for (const topic of topics) {
      if (!(topic in source.topicNames)) fail(id, `unknown topic ${topic}`);
      append(tables.topics, topic, id);
    }
    tables.works[id] = {
      Artist: creators[0],
      Link: "",
      "Number of Sentences": work.sentences.length,
      DOI: "",
      ImageIDs: [],
      TopicIDs: topics,
      Relevance: RELEVANCE,
      Author_Name: AUTHOR,
      Work_Title: title,
      Year: YEAR,
      BibTeX: bibtex(id, title),
    };
    work.sentences.forEach((sentence, index) => {
      tables.sentences[`${id}_s${String(index + 1).padStart(4, "0")}`] = {
        "English Original": sentence,
        "Has CLIP Embedding": false,
        "Has PaintingCLIP Embedding": false,
      };
    });
  }
  return tables;
}

const outFlag = process.argv.indexOf("--out");
const out = outFlag === -1 ? join(ROOT, "json") : process.argv[outFlag + 1];
mkdirSync(out, { recursive: true });
for (const [name, table] of Object.entries(buildTables())) {
  writeFileSync(join(out, `${name}.json`), `${JSON.stringify(table, null, 1)}\n`);
}
