import { describe, expect, it } from "vitest";
import {
  chicagoRange,
  curlQuotes,
  fullRange,
  shortRange,
} from "../../../src/core/citation/punctuation.ts";
import { readMarkup, toHtml, toPlainText } from "../../../src/core/citation/rich-text.ts";

describe("readMarkup", () => {
  it("turns <i> and <em> into italics and drops other known tags", () => {
    expect(readMarkup('A <i>b</i> <em>c</em> <sub>2</sub><span class="x">d</span>')).toEqual([
      { text: "A ", isItalic: false },
      { text: "b", isItalic: true },
      { text: " ", isItalic: false },
      { text: "c", isItalic: true },
      { text: " 2d", isItalic: false },
    ]);
  });

  it("keeps what is no tag: comparisons, unknown tags, scripts", () => {
    const title = "a < b > c <script>alert(1)</script>";
    expect(toPlainText(readMarkup(title))).toBe(title);
  });

  it("resolves character references, and leaves those alone that stand for nothing", () => {
    expect(toPlainText(readMarkup("A &amp; B &#233; &#x2014; &nosuch; &#0;"))).toBe(
      "A & B é — &nosuch; &#0;",
    );
  });

  it("survives tags that are never closed or never opened", () => {
    expect(toPlainText(readMarkup("</i>a <i>b"))).toBe("a b");
  });
});

describe("toHtml", () => {
  it("escapes text, so that a title can never become markup in the editor it is pasted into", () => {
    expect(toHtml(readMarkup("a < b <i>c & d</i> <img src=x onerror=y>"))).toBe(
      "a &lt; b <i>c &amp; d</i> &lt;img src=x onerror=y&gt;",
    );
  });
});

describe("curlQuotes", () => {
  it("tells quotation marks from apostrophes", () => {
    expect(curlQuotes(`"Light" in Vermeer's 'Lute Player' and dogs' days`)).toBe(
      "“Light” in Vermeer’s ‘Lute Player’ and dogs’ days",
    );
  });
});

describe("ranges of pages", () => {
  it.each([
    ["3-10", "3–10"],
    ["71-72", "71–72"],
    ["96-117", "96–117"],
    ["100-104", "100–104"],
    ["1100-1113", "1100–1113"],
    ["101-108", "101–8"],
    ["808-833", "808–33"],
    ["321-328", "321–28"],
    ["498-532", "498–532"],
    ["1087-1089", "1087–89"],
    ["1496-1500", "1496–1500"],
    ["12991-13001", "12991–3001"],
    ["117-25", "117–25"],
    ["e12", "e12"],
    ["iv-xii", "iv–xii"],
  ])("are shortened as Chicago's examples are: %s", (pages, expected) => {
    expect(chicagoRange(pages)).toBe(expected);
  });

  it("keep two digits in MLA and all in APA", () => {
    expect(shortRange("101-108")).toBe("101–08");
    expect(fullRange("714-15")).toBe("714–715");
  });
});
