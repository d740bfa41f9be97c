import { describe, expect, it } from "vitest";
import { readMarkdown } from "../../../scripts/build-index/source/read-markdown.ts";

const textsOf = (markdown: string) => readMarkdown(markdown).map(({ kind, text }) => [kind, text]);

describe("readMarkdown", () => {
  it("tells headings, paragraphs, quotations, items, notes, rows and code apart", () => {
    const markdown = [
      "## A heading",
      "",
      "A paragraph that",
      "goes on.",
      "",
      "> A quotation.",
      "",
      "- One item",
      "- Another",
      "",
      "| a | b |",
      "|---|---|",
      "| c | d |",
      "",
      "[^1]: A note.",
      "",
      "```",
      "code",
      "```",
      "",
      "Text[^1].",
    ].join("\n");
    expect(textsOf(markdown)).toEqual([
      ["heading", "A heading"],
      ["paragraph", "A paragraph that goes on."],
      ["quote", "A quotation."],
      ["item", "One item"],
      ["item", "Another"],
      ["table-row", "a\tb"],
      ["table-row", "c\td"],
      ["note", "A note."],
      ["code", "code"],
      ["paragraph", "Text1."],
    ]);
  });

  it("keeps italics, bold, superscripts and subscripts as spans of the plain text", () => {
    const [block] = readMarkdown("The *Lute **Player***, <sup>12</sup> H<sub>2</sub>O");
    const spans = block?.styles.map(({ start, end, style }) => [
      style,
      block.text.slice(start, end),
    ]);
    expect(block?.text).toBe("The Lute Player, 12 H2O");
    expect(new Set(spans?.map((span) => span.join(": ")))).toEqual(
      new Set(["italic: Lute Player", "bold: Player", "superscript: 12", "subscript: 2"]),
    );
  });

  it("keeps the words of a link and the name of a picture, and no address of either", () => {
    const [block] = readMarkdown(
      "See [the plate](https://example.org/x) ![](_page_2_Picture_0.jpeg)",
    );
    expect(block?.text.trim()).toBe("See the plate");
    expect(block?.images).toEqual(["_page_2_Picture_0.jpeg"]);
  });

  it("takes the text of HTML and nothing else of it", () => {
    const blocks = readMarkdown(
      '<div onclick="x()">Hello <b>there</b></div>\n\na <script>b</script> c',
    );
    expect(blocks.map(({ text }) => text)).toEqual(["Hello there", "a b c"]);
  });

  it("reads broken markup as text", () => {
    expect(textsOf("a **b *c\n\n| x\n\n<sup>1")).toEqual([
      ["paragraph", "a **b *c"],
      ["paragraph", "| x"],
      ["paragraph", "1"],
    ]);
  });
});
