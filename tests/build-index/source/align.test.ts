import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { alignSentences } from "../../../scripts/build-index/source/align.ts";
import { readMarkdown } from "../../../scripts/build-index/source/read-markdown.ts";
import type { SentenceSpan, TextBlock } from "../../../src/core/source/work-text.ts";

const SAMPLE = fileURLToPath(new URL("../../../../shared/artefact-sample/", import.meta.url));
const OWN = fileURLToPath(new URL("../../../data/sample-corpus/", import.meta.url));
/** What must be found of the real sentences. */
const LEAST_COVERAGE = 0.98;

/** The source's own words between the ends of a span. */
function quote(blocks: readonly TextBlock[], span: SentenceSpan | null | undefined): string | null {
  if (span === null || span === undefined) return null;
  const texts = blocks.slice(span.block, span.lastBlock + 1).map(({ text }) => text);
  const last = texts.at(-1)?.slice(0, span.end) ?? "";
  if (texts.length === 1) return last.slice(span.start);
  return [texts[0]?.slice(span.start), ...texts.slice(1, -1), last].join(" ");
}

function align(markdown: string, sentences: readonly string[]): (string | null)[] {
  const blocks = readMarkdown(markdown);
  return alignSentences(blocks, sentences).map((span) => quote(blocks, span));
}

describe("alignSentences", () => {
  it("finds sentences from which the pipeline deleted hyphens, marks and links", () => {
    const markdown =
      "A *well-known* picture of 1850-1860, [now lost](http://x.y/z).<sup>3</sup> “It is ~blue~,” he wrote.";
    expect(
      align(markdown, [
        "A wellknown picture of 18501860, now lost.",
        "<sup3</sup “It is blue,” he wrote.",
      ]),
    ).toEqual(["A well-known picture of 1850-1860, now lost.", "3 “It is blue,” he wrote."]);
  });

  it("passes over what repeats itself: rows of noughts are in every place and in none", () => {
    const noughts = "0 ".repeat(12_000);
    const blocks = readMarkdown(`Before. ${noughts} The light falls on the wall at noon.`);
    const start = performance.now();
    const [, changed, after] = alignSentences(blocks, [
      "Before.",
      `x ${noughts} y`,
      "The light falls on the wall at noon.",
    ]);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(changed).toBeNull();
    expect(after).not.toBeNull();
  });

  it("finds a sentence that runs over a heading and the paragraph below it", () => {
    expect(align("# A title\n\nThe first words. More.", ["A title\n\nThe first words."])).toEqual([
      "A title The first words.",
    ]);
  });

  it("takes the next of equal sentences, in order", () => {
    const blocks = readMarkdown("It is blue here.\n\nOther words.\n\nIt is blue here.");
    const spans = alignSentences(blocks, ["It is blue here.", "Other words.", "It is blue here."]);
    expect(spans.map((span) => span?.block)).toEqual([0, 1, 2]);
  });

  it("finds a sentence that lost or gained words, by the stretch where most of it stands", () => {
    const markdown =
      "Before. The light in this room falls from the left and rests upon the [12] white wall behind the maid. After.";
    const [found] = align(markdown, [
      "The light in this room falls from the left and rests upon the white wall behind the maid.",
    ]);
    expect(found).toContain("light in this room falls from the left");
    expect(found).toContain("white wall behind the maid");
    expect(found).not.toContain("Before");
    expect(found).not.toContain("After");
  });

  it("admits that a sentence is not there, and finds the ones after it", () => {
    expect(
      align("One sentence here. Two sentences here.", [
        "Something that nobody has ever written in this work at all.",
        "Two sentences here.",
      ]),
    ).toEqual([null, "Two sentences here."]);
  });

  it("does not lose its place to a short sentence that stands again far on", () => {
    const filler = Array.from({ length: 400 }, (_, i) => `Filler number ${i} of this text.`).join(
      "\n\n",
    );
    const blocks = readMarkdown(
      `Alpha words here.\n\nBeta words here.\n\n${filler}\n\nIbid p 3 see.`,
    );
    const spans = alignSentences(blocks, [
      "Ibid, p. 3 see",
      "Alpha words here.",
      "Beta words here.",
    ]);
    expect(spans.map((span) => span?.block ?? null)).toEqual([null, 0, 1]);
  });

  it("places accents and astral letters by their own offsets", () => {
    expect(
      align("𝒜𝒷 Dürer’s “Melencolia”, é́ 光. Next.", ["𝒜𝒷 Dürer’s “Melencolia”, é́ 光."]),
    ).toEqual(["𝒜𝒷 Dürer’s “Melencolia”, é́ 光."]);
  });
});

interface Corpus {
  readonly blocks: readonly TextBlock[];
  readonly sentences: readonly string[];
}

function readCorpus(folder: string): Corpus[] {
  const stored = JSON.parse(readFileSync(`${folder}json/sentences.json`, "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const byWork = new Map<string, string[]>();
  for (const [id, fields] of Object.entries(stored)) {
    const work = id.replace(/_s\d+$/, "");
    byWork.set(work, [...(byWork.get(work) ?? []), fields["English Original"] ?? ""]);
  }
  return [...byWork].map(([work, sentences]) => ({
    sentences,
    blocks: readMarkdown(readFileSync(`${folder}markdown/${work}/${work}.md`, "utf8")),
  }));
}

/** Letters and digits, as a person would compare them, without the tags that the pipeline left behind. */
const lettersOf = (text: string) =>
  text
    .replaceAll(/<\/?(?:sup|sub|span|br|b|i)(?:\s+\w+="[^"]*")*/gi, " ")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

function measure(corpora: readonly Corpus[]): { coverage: number; exact: number; n: number } {
  let [found, exact, n] = [0, 0, 0];
  for (const { blocks, sentences } of corpora) {
    for (const [index, span] of alignSentences(blocks, sentences).entries()) {
      n += 1;
      if (span === null) continue;
      found += 1;
      const source = lettersOf(quote(blocks, span) ?? "");
      if (source === lettersOf(sentences[index] ?? "")) exact += 1;
    }
  }
  return { coverage: found / n, exact: exact / n, n };
}

describe("the sample notes", () => {
  it("have all of their sentences found, each word by word", () => {
    expect(measure(readCorpus(OWN))).toEqual({ coverage: 1, exact: 1, n: 823 });
  });
});

describe.runIf(existsSync(SAMPLE))(
  "ArteFact's own sample, where it lies beside the repository",
  () => {
    it("has at least 98 % of its sentences found, nearly all of them word by word", () => {
      const { coverage, exact, n } = measure(readCorpus(SAMPLE));
      expect(n).toBe(13_376);
      expect(coverage).toBeGreaterThanOrEqual(LEAST_COVERAGE);
      expect(exact).toBeGreaterThanOrEqual(0.9);
    });
  },
);
