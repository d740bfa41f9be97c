import { describe, expect, it } from "vitest";
import { parseBibtex } from "../../../scripts/build-index/read-citation.ts";
import { toBibtex } from "../../../src/core/citation/bibtex.ts";
import {
  CITATION_STYLES,
  citeSentence,
  citeWorks,
  PAGE_SLOT,
} from "../../../src/core/citation/cite.ts";
import { toCoins } from "../../../src/core/citation/coins.ts";
import type { CslItem } from "../../../src/core/citation/csl.ts";
import { toPlainText } from "../../../src/core/citation/rich-text.ts";
import { toRis } from "../../../src/core/citation/ris.ts";
import { ITEMS } from "./items.ts";

const itemOf = (id: string): CslItem => {
  const item = ITEMS.find((candidate) => candidate.id === id);
  if (item === undefined) throw new Error(`no item ${id}`);
  return item;
};

describe("toBibtex", () => {
  it.each(ITEMS.map((item) => [item.id, item] as const))(
    "is read back by Citation.js with nothing lost: %s",
    (_id, item) => {
      const read = parseBibtex(toBibtex(item));
      const names = (list: unknown) =>
        (Array.isArray(list) ? list : []).map((name: Record<string, string>) =>
          [
            name["given"],
            name["non-dropping-particle"],
            name["family"] ?? name["literal"],
            name["suffix"],
          ]
            .filter((part) => part)
            .join(" "),
        );
      expect(read?.["type"]).toBe(item.type);
      expect(read?.["title"]).toBe(item.title);
      expect(read?.["container-title"]).toBe(item["container-title"]);
      expect(names(read?.["author"])).toEqual(names(item.author));
      expect(read?.["issued"]).toEqual(item.issued);
      expect(read?.["volume"]).toBe(item.volume);
      expect(read?.["issue"]).toBe(item.issue);
      expect(read?.["page"]).toBe(item.page);
      expect(read?.["DOI"]).toBe(item.DOI);
    },
  );

  it("escapes what LaTeX takes for commands", () => {
    const entry = toBibtex({ id: "x", type: "book", title: "50 % of $10 & {more} #1_a~b^c\\d" });
    expect(entry).toContain(
      "{50 \\% of \\$10 \\& \\{more\\} \\#1\\_a\\textasciitilde{}b\\textasciicircum{}c\\textbackslash{}d}",
    );
  });
});

describe("toRis", () => {
  it("writes tags in their order, parted pages and the end of the record", () => {
    expect(toRis(itemOf("article")).split("\r\n")).toEqual([
      "TY  - JOUR",
      "ID  - article",
      "AU  - Aalto, Maija",
      "TI  - Cool Light in Northern Rooms",
      "T2  - Journal of Invented Studies",
      "PY  - 2011",
      "VL  - 12",
      "IS  - 3",
      "SP  - 101",
      "EP  - 108",
      "DO  - 10.1234/jis.2011.12",
      "UR  - https://doi.org/10.1234/jis.2011.12",
      "ER  - ",
      "",
    ]);
  });

  it("keeps a value on its line and leaves markup out", () => {
    const ris = toRis({ id: "x", type: "book", title: "One\r\nER  - <i>Two</i>" });
    expect(ris.split("\r\n").filter((line) => line.startsWith("ER  -"))).toHaveLength(1);
    expect(ris).toContain("TI  - One ER - Two");
  });
});

describe("toCoins", () => {
  it("names an article by the keys of the standard", () => {
    const fields = new URLSearchParams(toCoins(itemOf("article-two-authors")));
    expect(Object.fromEntries(fields)).toMatchObject({
      ctx_ver: "Z39.88-2004",
      rft_val_fmt: "info:ofi/fmt:kev:mtx:journal",
      "rft.genre": "article",
      "rft.atitle": "What the Window's Light Says",
      "rft.jtitle": "Annals of Seeing",
      "rft.aulast": "Berg",
      "rft.au": "Una O'Hara",
      "rft.date": "1999",
      rft_id: "info:doi/10.1234/as.7",
    });
  });

  it("gives the chapter and its book", () => {
    const fields = new URLSearchParams(toCoins(itemOf("chapter")));
    expect(fields.get("rft.atitle")).toBe("Why Is the Sky Green?");
    expect(fields.get("rft.btitle")).toBe("Skies of the North");
  });
});

describe("citeSentence", () => {
  const SENTENCE = "The “blue” is cold ; teh scan says so.";

  it.each(["chicago-note", "apa", "mla"] as const)(
    "quotes in %s with a page left open",
    (style) => {
      const text = toPlainText(citeSentence(SENTENCE, itemOf("article"), style));
      expect(text).toContain("“The ‘blue’ is cold ; teh scan says so.”");
      expect(text).toContain(PAGE_SLOT);
      expect(text.split(PAGE_SLOT)).toHaveLength(2);
    },
  );

  it("makes straight double marks inside single too, and leaves inches alone", () => {
    const words = 'He wrote "Blue", 12" by 10" ("no" frame).';
    const text = toPlainText(citeSentence(words, itemOf("article"), "mla"));
    expect(text).toContain('“He wrote ‘Blue’, 12" by 10" (‘no’ frame).”');
  });

  it("names the editors of a volume without an author behind a quotation", () => {
    const edited = itemOf("volume-2-editors");
    const line = (style: "apa" | "mla") =>
      toPlainText(citeSentence("Blue.", edited, style)).split("\n")[0];
    expect(line("apa")).toBe(`“Blue.” (Ho & Gu, 1999, ${PAGE_SLOT})`);
    expect(line("mla")).toBe(`“Blue.” (Ho and Gu ${PAGE_SLOT})`);
  });

  it("quotes in APA's manner", () => {
    const text = toPlainText(citeSentence("Blue.", itemOf("article"), "apa"));
    expect(text.split("\n")[0]).toBe(`“Blue.” (Aalto, 2011, ${PAGE_SLOT})`);
  });

  it("never invents a page of its own", () => {
    for (const style of CITATION_STYLES) {
      const text = toPlainText(citeSentence("Blue.", itemOf("book"), style));
      expect(text.replace(PAGE_SLOT, "")).not.toMatch(/\bpp?\. ?\d/);
    }
  });
});

describe("citeWorks", () => {
  it("writes one entry a line in the styles for readers", () => {
    const text = toPlainText(citeWorks([itemOf("book"), itemOf("article")], "mla"));
    expect(text.split("\n")).toHaveLength(2);
  });

  it("writes CSL-JSON that parses to the records", () => {
    const text = toPlainText(citeWorks(ITEMS, "csl-json"));
    expect(JSON.parse(text)).toEqual(ITEMS);
  });

  it("writes as many RIS records as works", () => {
    const text = toPlainText(citeWorks(ITEMS, "ris"));
    expect(text.match(/^ER {2}- /gm)).toHaveLength(ITEMS.length);
  });
});
