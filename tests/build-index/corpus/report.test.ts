import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRecords } from "../../../scripts/build-index/corpus/corpus-records.ts";
import { layOutCorpus } from "../../../scripts/build-index/corpus/lay-out-corpus.ts";
import { formatReport } from "../../../scripts/corpus-report/format-report.ts";
import { reportCorpus } from "../../../scripts/corpus-report/report.ts";
import { neverAborted } from "../../helpers/counting-source.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const LIGHT = "The light falls from the left and it rests upon the wall behind the maid.";

async function report() {
  const write = (name: string, value: unknown) =>
    writeFile(join(folder, name), JSON.stringify(value));
  const sentence = (text: string) => ({ "English Original": text });
  await write("sentences.json", {
    A_s0001: sentence(LIGHT),
    A_s0002: sentence("Ibid., pp. 12–14; Smith, History of Light, 98."),
    A_s0003: sentence("Nobody has ever written this sentence in that work of his."),
    B_s0001: sentence(LIGHT),
  });
  await write("works.json", {
    A: {
      TopicIDs: ["T1", "C9"],
      "Number of Sentences": 5,
      BibTeX: "@book{A, author = {A B}, title = {T}, year = 2012, doi = {10.1234/x}}",
    },
    B: { TopicIDs: [], "Number of Sentences": 1 },
    C: {},
  });
  await write("topics.json", { T2: ["C"] });
  await write("topic_names.json", { T1: "Light", T2: "Shade" });
  await write("creators.json", { durer: ["A"], hals: ["C"] });
  await write("aliases.json", { durer: ["Dürer"], nobody: ["Nemo"] });
  await mkdir(join(folder, "md/A"), { recursive: true });
  await writeFile(
    join(folder, "md/A/A.md"),
    `# THE LIGHT\n\nLONDON, 1899\n\n${LIGHT}\n\n<sup>1</sup> Ibid., pp. 12–14; Smith, History of Light, 98.`,
  );
  const options = {
    json: folder,
    markdown: join(folder, "md"),
    images: { kind: "list" },
    areProjectNotes: false,
    threads: null,
    out: join(folder, "out"),
  } as const;
  const lines: string[] = [];
  const layout = await layOutCorpus(
    options,
    { log: (line) => lines.push(line), report: () => undefined },
    neverAborted(),
  );
  return { report: reportCorpus(layout, await readRecords(folder, neverAborted())), lines };
}

describe("reportCorpus", () => {
  it("tells texts, alignment, flags, facets and citations apart", async () => {
    const { report: found } = await report();
    expect(found).toMatchObject({
      sentences: 4,
      works: 2,
      worksWithoutSentences: ["C"],
      worksWithoutText: ["B"],
      otherCounts: 1,
      alignment: { sentences: 3, found: 2, poor: [{ workId: "A", found: 2, of: 3 }] },
      quality: { good: 2, groups: 1, flagged: { bibliography: 1, duplicate: 1 } },
      facets: {
        topics: { offered: 1, withoutWorks: ["T2"], withoutName: ["C9"], worksWithoutAny: 1 },
        creators: { listed: 2, offered: 1, withoutWorks: ["hals"], worksWithoutAny: 1 },
      },
      aliasesOfNothing: ["nobody"],
      worksWithoutYear: 1,
    });
    expect(found.citations).toMatchObject({
      "a reprint?": ["A (its text was printed in 1899, the record says 2012)"],
      "no author": ["B"],
      "no year": ["B"],
    });
  });

  it("is a table that names ids, and the builder's log says the shares", async () => {
    const { report: found, lines } = await report();
    const table = formatReport(found);
    expect(table).toMatch(/sentences found in their text\s+2\s+66\.67 %/);
    expect(table).toMatch(/works without text\s+1\s+B/);
    expect(table).toMatch(/without a name\s+1\s+C9/);
    expect(table.split("\n").every((line) => line === line.trimEnd())).toBe(true);
    expect(lines).toContain("sources: 1 of 2 works; 2 of 3 sentences found in them (66.67 %)");
  });
});
