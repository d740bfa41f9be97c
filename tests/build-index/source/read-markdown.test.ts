import { describe, expect, it } from "vitest";
import { readMarkdown } from "../../../scripts/build-index/source/read-markdown.ts";

const textsOf = (markdown: string) => readMarkdown(markdown).map(({ kind, text }) => [kind, text]);

describe("readMarkdown", () => {
  it("takes marks that are nested thousands deep for text", () => {
    const blocks = readMarkdown(`The light falls.\n\n${"> ".repeat(5000)}deep\n\nIt is noon.`);
    expect(blocks.map(({ text }) => text.slice(0, 16))).toEqual([
      "The light falls.",
      "> > > > > > > > ",
      "It is noon.",
    ]);
  });

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

  it("numbers items as they were typed", () => {
    expect(textsOf("7. *Ibid*.\n9. See there.\n\n- none")).toEqual([
      ["item", "7. Ibid."],
      ["item", "9. See there."],
      ["item", "none"],
    ]);
    const [item] = readMarkdown("7. *Ibid*.");
    expect(item?.styles).toEqual([{ start: 3, end: 7, style: "italic" }]);
  });

  it("takes words and years that recognition raised for plain ones, and notes for notes", () => {
    const raised = (markdown: string) => {
      const [block] = readMarkdown(markdown);
      return block?.styles.map(({ start, end }) => block.text.slice(start, end));
    };
    expect(raised("<sup>I</sup> saw <sup>a</sup> house in <sup>1854</sup> there")).toEqual([]);
    expect(raised("<sup>12</sup> See his house.<sup>7</sup> On the 3<sup>rd</sup> day")).toEqual([
      "12",
      "7",
      "rd",
    ]);
  });

  it("reads raised numbers that were set as formulas, and leaves formulas and prices", () => {
    const [block] = readMarkdown("A $^{24}$ and $+5$, $\\frac{1}{2}$; it cost $5 and then $6.");
    expect(block?.text).toBe("A 24 and +5, $\\frac{1}{2}$; it cost $5 and then $6.");
    expect(block?.styles).toEqual([{ start: 2, end: 4, style: "superscript" }]);
  });
});
