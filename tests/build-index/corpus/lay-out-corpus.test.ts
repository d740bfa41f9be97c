import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { layOutCorpus } from "../../../scripts/build-index/corpus/lay-out-corpus.ts";
import type { CorpusLayout } from "../../../scripts/build-index/corpus/layout.ts";
import { openFileSource } from "../../../scripts/build-index/file-source.ts";
import { gunzip } from "../../../scripts/build-index/gzip.ts";
import { openSources } from "../../../src/core/edition/sources-file.ts";
import { openTexts } from "../../../src/core/edition/texts-file.ts";
import { parseWorks } from "../../../src/core/edition/works-file.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { unheard } from "../../helpers/unheard.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "layout-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const sentence = (text: string) => ({ "English Original": text, "Has clip Embedding": true });
const writeJson = (name: string, value: unknown) =>
  writeFile(join(folder, name), typeof value === "string" ? value : JSON.stringify(value));

interface Files {
  readonly sentences: unknown;
  readonly works?: unknown;
  readonly others?: Readonly<Record<string, unknown>>;
  readonly markdown?: Readonly<Record<string, string>>;
}

async function layOut({ sentences, works, others, markdown }: Files): Promise<CorpusLayout> {
  await writeJson("sentences.json", sentences);
  await writeJson("works.json", works ?? { A: {}, B: {}, C_s_x: {}, W_unused: {} });
  for (const [name, value] of Object.entries(others ?? {})) await writeJson(name, value);
  for (const [work, text] of Object.entries(markdown ?? {})) {
    await mkdir(join(folder, "md", work), { recursive: true });
    await writeFile(join(folder, "md", work, `${work}.md`), text);
  }
  const options = {
    json: folder,
    markdown: markdown === undefined ? null : join(folder, "md"),
    images: { kind: "none" } as const,
    areProjectNotes: false,
    threads: null,
    out: join(folder, "out"),
  };
  return layOutCorpus(options, unheard, neverAborted());
}

const idsOf = (layout: CorpusLayout) =>
  Array.from({ length: layout.sentences }, (_, row) => layout.idOf(row));

describe("a work's Markdown", () => {
  it("that is there and cannot be read ends the build: a text would be missing and nobody would know", async () => {
    await mkdir(join(folder, "md", "A", "A.md"), { recursive: true });
    const corpus = { sentences: { A_s0001: sentence("Light falls.") }, markdown: {} };
    await expect(layOut(corpus)).rejects.toThrow(/A.md is there but cannot be read \(EISDIR\)/);
  });
});

async function textsOf(layout: CorpusLayout): Promise<(readonly [string, string])[]> {
  const source = await openFileSource(layout.files.texts, "texts");
  const reader = await openTexts(source, layout.sentences, gunzip, neverAborted());
  const rows = Array.from({ length: layout.sentences }, (_, row) => row);
  const read = await reader.read(rows, neverAborted());
  await source.close();
  return read.map(({ sentenceId, text }) => [sentenceId, text]);
}

describe("layOutCorpus", () => {
  it("orders works by their first sentence and sentences by number, past 9999 and out of order too", async () => {
    const layout = await layOut({
      sentences: {
        B_s0002: sentence("b two"),
        A_s10001: sentence("a 10001"),
        B_s0001: sentence("b one"),
        A_s9999: sentence("a 9999"),
        C_s_x_s0003: sentence("c three"),
        A_s0001: sentence("a one — «ü» 🌅"),
      },
    });
    const expected = ["B_s0001", "B_s0002", "A_s0001", "A_s9999", "A_s10001", "C_s_x_s0003"];
    expect(idsOf(layout)).toEqual(expected);
    expect(expected.map(layout.rowOf)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(["B_s1", "B_s0003", "B", "Z_s0001", ""].map(layout.rowOf)).toEqual([-1, -1, -1, -1, -1]);
    expect(layout.works.map(({ workId, sentences }) => [workId, sentences])).toEqual([
      ["B", 2],
      ["A", 3],
      ["C_s_x", 1],
    ]);
    expect(layout.coverage.worksWithoutSentences).toEqual(["W_unused"]);
    expect(await textsOf(layout)).toEqual([
      ["B_s0001", "b one"],
      ["B_s0002", "b two"],
      ["A_s0001", "a one — «ü» 🌅"],
      ["A_s9999", "a 9999"],
      ["A_s10001", "a 10001"],
      ["C_s_x_s0003", "c three"],
    ]);
  });

  it("keeps two spellings of one number apart", async () => {
    const layout = await layOut({ sentences: { A_s0001: sentence("x"), A_s1: sentence("y") } });
    expect(idsOf(layout)).toEqual(["A_s0001", "A_s1"]);
    expect(["A_s0001", "A_s1", "A_s01"].map(layout.rowOf)).toEqual([0, 1, -1]);
  });

  it.each([
    ["a sentence without a text", { A_s0001: sentence(" ") }, /no text: A_s0001/],
    ["a sentence that is no object", { A_s0001: null }, /no text: A_s0001/],
    ["a sentence of no work", { Z_s0001: sentence("x") }, /no work: Z_s0001/],
    ["an id of another form", { A: sentence("x") }, /not <work>_s<number>: A/],
    ["a number that is too large", { A_s9999999999: sentence("x") }, /not <work>_s<number>/],
    ["no sentences at all", {}, /no sentences/],
    [
      "an id twice",
      '{"A_s0001":{"English Original":"x"},"A_s1":{"English Original":"x"},"A_s0001":{"English Original":"z"}}',
      /sentences.json has ids twice: A_s0001$/,
    ],
  ])("refuses %s", async (_, sentences, message) => {
    await expect(layOut({ sentences })).rejects.toThrow(message);
  });

  it("takes topics from topics.json where a work has none, creators from their lists, and names of both", async () => {
    const layout = await layOut({
      sentences: { A_s0001: sentence("x"), B_s0001: sentence("y") },
      works: { A: { TopicIDs: ["T1"], Artist: "nobody" }, B: { TopicIDs: [] } },
      others: {
        "topics.json": { T1: ["B"], T2: ["B", "A"] },
        "topic_names.json": { T1: "Light" },
        "creators.json": { albrecht_durer: ["A", "W_none"] },
        "aliases.json": { albrecht_durer: ["Albrecht Dürer", "Durero"] },
      },
    });
    expect(layout.works.map(({ topics, creators }) => [topics, creators])).toEqual([
      [["T1"], ["albrecht_durer"]],
      [["T1", "T2"], []],
    ]);
    const file = parseWorks(gunzipSync(await readFile(layout.files.works)), 2);
    expect(file.topicNames).toEqual({ T1: "Light" });
    expect(file.aliases).toEqual({ albrecht_durer: ["Albrecht Dürer", "Durero"] });
    expect(file.works).toEqual(layout.works);
  });

  it("takes a work's artist for its creator where the corpus has no lists", async () => {
    const { works } = await layOut({
      sentences: { A_s0001: sentence("x") },
      works: { A: { Artist: "arthur_hughes" } },
    });
    expect(works[0]?.creators).toEqual(["arthur_hughes"]);
  });

  it("finds sentences in the text of their work, and says which works have none", async () => {
    const layout = await layOut({
      sentences: {
        A_s0001: sentence("The wellknown light falls."),
        A_s0002: sentence("Nobody ever wrote this sentence in that work."),
        B_s0001: sentence("y"),
      },
      markdown: { A: "# Light\n\nThe *well-known* light falls." },
    });
    expect(layout.coverage).toMatchObject({ worksWithText: 1, sentencesWithText: 2, spans: 1 });
    const file = await openFileSource(layout.files.sources, "sources");
    const reader = await openSources(file, [2, 1], gunzip, neverAborted());
    expect((await reader.read(0, neverAborted()))?.spans[0]).toMatchObject({ block: 1, start: 0 });
    expect(await reader.read(1, neverAborted())).toBeNull();
    await file.close();
  });

  it("refuses works twice, and a file that is no JSON object", async () => {
    const sentences = { A_s0001: sentence("x") };
    await expect(layOut({ sentences, works: '{"A":{},"A":{}}' })).rejects.toThrow(
      /works.json has ids twice: A/,
    );
    await expect(layOut({ sentences, works: "{" })).rejects.toThrow(/works.json is not JSON/);
    await expect(layOut({ sentences, works: [] })).rejects.toThrow(/works.json is not an object/);
  });
});
