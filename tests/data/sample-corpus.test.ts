import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

interface Work {
  readonly Artist: string;
  readonly Link: string;
  readonly "Number of Sentences": number;
  readonly DOI: string;
  readonly TopicIDs: readonly string[];
  readonly Author_Name: string;
  readonly Work_Title: string;
  readonly Year: string;
  readonly BibTeX: string;
}

const CORPUS = fileURLToPath(new URL("../../data/sample-corpus/", import.meta.url));
const NOTICE = "Note of this project, written for the sample corpus; not peer-reviewed scholarship";
const TABLES = ["creators", "sentences", "topic_names", "topics", "works"];

function readTable<Row>(name: string): Readonly<Record<string, Row>> {
  const table: Readonly<Record<string, Row>> = JSON.parse(
    readFileSync(join(CORPUS, "json", `${name}.json`), "utf8"),
  );
  return table;
}

function readMarkdown(workId: string): string {
  return readFileSync(join(CORPUS, "markdown", workId, `${workId}.md`), "utf8");
}

const works = readTable<Work>("works");
const sentences = readTable<{ readonly "English Original": string }>("sentences");
const creators = readTable<readonly string[]>("creators");
const topics = readTable<readonly string[]>("topics");
const topicNames = readTable<string>("topic_names");
const texts = Object.values(sentences).map((sentence) => sentence["English Original"]);

function textsOf(workId: string): readonly string[] {
  return Object.entries(sentences)
    .filter(([id]) => id.startsWith(`${workId}_s`))
    .map(([, sentence]) => sentence["English Original"]);
}

describe("the sample corpus", () => {
  const rebuilt = mkdtempSync(join(tmpdir(), "sample-corpus-"));
  afterAll(() => {
    rmSync(rebuilt, { recursive: true });
  });

  it("is what its build script makes of the Markdown", () => {
    execFileSync(process.execPath, [join(CORPUS, "build.mjs"), "--out", rebuilt]);
    const files = TABLES.map((name) => `${name}.json`);
    expect(readdirSync(rebuilt).sort()).toEqual(files);
    expect(readdirSync(join(CORPUS, "json")).sort()).toEqual(files);
    for (const file of files) {
      const committed = readFileSync(join(CORPUS, "json", file), "utf8");
      expect(readFileSync(join(rebuilt, file), "utf8"), file).toBe(committed);
    }
  });

  it("has at least 600 sentences in at least 20 works, none of them twice", () => {
    expect(texts.length).toBeGreaterThanOrEqual(600);
    expect(Object.keys(works).length).toBeGreaterThanOrEqual(20);
    expect(new Set(texts.map((text) => text.toLowerCase())).size).toBe(texts.length);
  });

  it("names each work and sentence once, numbering the sentences from one without gaps", () => {
    for (const name of ["works", "sentences"]) {
      const raw = readFileSync(join(CORPUS, "json", `${name}.json`), "utf8");
      const keys = [...raw.matchAll(/^ "(W\d+(?:_s\d+)?)": \{$/gm)].map((match) => match[1]);
      expect(keys).toEqual(Object.keys(readTable(name)));
    }
    const expected = Object.entries(works).flatMap(([workId, work]) =>
      Array.from(
        { length: work["Number of Sentences"] },
        (_, index) => `${workId}_s${String(index + 1).padStart(4, "0")}`,
      ),
    );
    expect(Object.keys(sentences)).toEqual(expected);
  });

  it("keeps in the Markdown exactly the sentences of the table, in order", () => {
    expect(readdirSync(join(CORPUS, "markdown")).sort()).toEqual(Object.keys(works));
    for (const [workId, work] of Object.entries(works)) {
      const expected = [`# ${work.Work_Title}`, `> ${NOTICE}.`, ...textsOf(workId)];
      const lines = readMarkdown(workId).split("\n");
      expect(lines.filter((line) => line !== "")).toEqual(expected);
    }
  });

  it("has sentences that a standard segmenter finds in the running text too", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
    for (const workId of Object.keys(works)) {
      const expected = textsOf(workId);
      const found = [...segmenter.segment(expected.join(" "))].map(({ segment }) => segment.trim());
      expect(found).toEqual(expected);
    }
  });

  it("marks every work as a note of this project without DOI or link", () => {
    for (const [workId, work] of Object.entries(works)) {
      expect(workId).toMatch(/^W9\d{9}$/);
      expect(work).toMatchObject({
        Author_Name: "ArteFact project",
        Year: "2026",
        DOI: "",
        Link: "",
      });
      expect(work.BibTeX).toContain(`@misc{${workId},`);
      expect(work.BibTeX).toContain(`note = {${NOTICE}}`);
    }
  });

  it("resolves topics both ways, each with a name and a work", () => {
    expect(Object.keys(topics).sort()).toEqual(Object.keys(topicNames).sort());
    for (const topic of Object.keys(topicNames)) {
      const tagged = Object.keys(works).filter((id) => works[id]?.TopicIDs.includes(topic));
      expect(tagged.length, topic).toBeGreaterThan(0);
      expect(topics[topic], topic).toEqual(tagged);
    }
    const used = new Set(Object.values(works).flatMap((work) => work.TopicIDs));
    expect([...used].sort()).toEqual(Object.keys(topicNames).sort());
  });

  it("resolves creators both ways, each work having its main artist among them", () => {
    for (const [creator, workIds] of Object.entries(creators)) {
      expect(creator).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
      expect(workIds.length).toBeGreaterThan(0);
      expect(new Set(workIds).size).toBe(workIds.length);
      for (const workId of workIds) expect(works, creator).toHaveProperty(workId);
    }
    for (const [workId, work] of Object.entries(works)) {
      expect(creators[work.Artist], workId).toContain(workId);
    }
  });
});
