import { describe, expect, it } from "vitest";
import { flagSentences } from "../../../scripts/build-index/quality/flag-sentences.ts";
import { alignSentences } from "../../../scripts/build-index/source/align.ts";
import { readMarkdown } from "../../../scripts/build-index/source/read-markdown.ts";
import { QUALITY_FLAG_NAMES, QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";

const PROSE =
  "The light falls from the left, and it rests upon the white wall behind the maid who pours the milk.";

/** Names of the flags of sentences in a source. */
function flagsOf(sentences: readonly string[], markdown: string | null): string[][] {
  const blocks = markdown === null ? null : readMarkdown(markdown);
  const text = blocks === null ? null : { blocks, spans: alignSentences(blocks, sentences) };
  return [...flagSentences(sentences, text)].map((bits) =>
    QUALITY_FLAG_NAMES.filter((name) => (bits & QUALITY_FLAGS[name]) !== 0),
  );
}

describe("flagSentences", () => {
  it("leaves prose alone, also under a list of references and beside a picture", () => {
    const note =
      "<sup3</sup Though he had seen it, he did not say whether it was by the master himself or by one of his pupils.";
    const markdown = `# On light\n\n${PROSE}\n\n![](_page_1_Picture_0.jpeg)\n\n${PROSE}\n\n# References\n\n<sup>3</sup> ${note.slice(10)}`;
    expect(flagsOf([PROSE, PROSE, note], markdown)).toEqual([[], [], []]);
  });

  it("knows entries of references by their section, and notes that only cite by themselves", () => {
    const entries = ["The light of other days.", "Oxford: Oxford University Press, 1990."];
    const markdown = `${PROSE}\n\n# Works Cited\n\n- The light of other days. Oxford: Oxford University Press, 1990.`;
    expect(flagsOf([PROSE, ...entries], markdown)).toEqual([
      [],
      ["bibliography"],
      ["bibliography"],
    ]);
    expect(flagsOf(["Ibid., pp. 12–14; Smith, History of Light, 98."], null)).toEqual([
      ["bibliography"],
    ]);
  });

  it("knows captions beside pictures", () => {
    const caption = "STUDY FOR THE MILKMAID By permission of the museum";
    const markdown = `${PROSE}\n\n![](_page_1_Picture_0.jpeg)\n\n${caption}\n\n${PROSE}`;
    expect(flagsOf([PROSE, caption, PROSE], markdown)).toEqual([[], ["caption"], []]);
  });

  it("knows heads that repeat, notices, formulas and other languages", () => {
    const head = "HISTORY OF LIGHT";
    const markdown = Array.from({ length: 4 }, (_, i) => `${head} ${i}\n\n${PROSE}`).join("\n\n");
    expect(flagsOf([`${head} 0`], markdown)).toEqual([["running-head"]]);
    expect(
      flagsOf(["This item was downloaded from the repository of the university."], null),
    ).toEqual([["running-head"]]);
    expect(flagsOf(["\\sum{i=1}^{N} \\frac{1}{N} = 1"], null)).toEqual([["ocr-debris"]]);
    expect(
      flagsOf(
        [
          "La luce cade da sinistra e si posa sulla parete bianca dietro la donna che versa il latte.",
        ],
        null,
      ),
    ).toEqual([["other-language"]]);
  });

  it.each([
    "Свет падает слева на белую стену за служанкой.",
    "Το φως πέφτει από τα αριστερά στον λευκό τοίχο.",
    "光は左から差し込み、白い壁を照らしている。",
    "يسقط الضوء من اليسار على الجدار الأبيض.",
  ])("knows that %s is not English", (sentence) => {
    expect(flagsOf([sentence], null)[0]).toContain("other-language");
  });

  it("leaves prose alone that quotes a word in other letters", () => {
    expect(flagsOf([`${PROSE} He called it φῶς, which is light.`], null)).toEqual([[]]);
  });

  it("needs neither a source nor a text that its work aligns with", () => {
    expect(flagsOf([PROSE], "Nothing of it.")).toEqual([[]]);
    expect(flagsOf([], null)).toEqual([]);
  });
});
