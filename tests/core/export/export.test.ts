import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { describe, expect, it } from "vitest";
import { PAGE_SLOT } from "../../../src/core/citation/cite.ts";
import { csvCell, toCsv } from "../../../src/core/export/csv.ts";
import {
  type ExportDocument,
  type ExportedSentence,
  NEARNESS_NOTE,
} from "../../../src/core/export/export-document.ts";
import { EXPORT_FORMATS, exportFile } from "../../../src/core/export/export-file.ts";
import { toJson } from "../../../src/core/export/json.ts";
import { escapeMarkdown, toMarkdown } from "../../../src/core/export/markdown.ts";
import { toBibtexFile, toRisFile } from "../../../src/core/export/references.ts";

const sentence = (over: Partial<ExportedSentence> = {}): ExportedSentence => ({
  sentenceId: "W1_s0001",
  text: 'The mirror, "convex", returns the room.',
  place: { rank: 1, strength: 5, cosine: 0.28712345678, isExact: true },
  kinds: [],
  work: {
    id: "W1",
    type: "article-journal",
    title: "On <i>Mirrors</i> & Doors",
    author: [{ family: "Seidel", given: "Linda" }],
    issued: { "date-parts": [[1989]] },
    DOI: "10.1000/mirror",
  },
  ...over,
});

const document: ExportDocument = {
  date: "2026-11-29",
  edition: { editionId: "e1", name: "Sample notes" },
  model: { name: "Demo encoder, Demo", fingerprint: "f1" },
  query: {
    picture: "Arnolfini – portrait.jpg",
    region: "the whole picture",
    rect: null,
    phrase: null,
    scale: "picture",
  },
  filters: ["Iconography"],
  hiddenKinds: ["caption"],
  scope: "list",
  order: "closest",
  searched: 600,
  total: 600,
  sentences: [
    sentence(),
    sentence({ sentenceId: "W1_s0002", text: "A dog stands.\nIt looks.", kinds: ["caption"] }),
    sentence({
      sentenceId: "W2_s0001",
      text: '=HYPERLINK("https://evil.example")',
      place: null,
      work: { id: "W2", type: "book", title: "+1 @ home", author: [{ literal: "-Group" }] },
    }),
  ],
};

/** Reads CSV by the grammar of RFC 4180, section 2. */
function readCsv(csv: string): string[][] {
  const records: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < csv.length; i += 1) {
    const character = csv[i] ?? "";
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (csv[i + 1] === '"') cell += csv[++i] ?? "";
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === "," || csv.startsWith("\r\n", i)) {
      records.at(-1)?.push(cell);
      cell = "";
      if (character === "\r") {
        records.push([]);
        i += 1;
      }
    } else cell += character;
  }
  return records.slice(0, -1);
}

describe("CSV", () => {
  it("is RFC 4180: every record has every field, and reads back as what was written", () => {
    const [header = [], ...records] = readCsv(toCsv(document, false));
    expect(records).toHaveLength(3);
    for (const record of records) expect(record).toHaveLength(header.length);
    const column = (name: string) => records.map((record) => record[header.indexOf(name)]);
    expect(column("sentence").slice(0, 2)).toEqual(
      document.sentences.slice(0, 2).map(({ text }) => text),
    );
    expect(column("cosine")).toEqual(["0.287123", "0.287123", ""]);
    expect(column("rank")).toEqual(["1", "1", ""]);
    expect(column("title")[0]).toBe("On Mirrors & Doors");
    expect(column("page")).toEqual([PAGE_SLOT, PAGE_SLOT, PAGE_SLOT]);
    expect(column("edition_id")).toEqual(["e1", "e1", "e1"]);
    expect(column("note")).toEqual([NEARNESS_NOTE, NEARNESS_NOTE, NEARNESS_NOTE]);
  });

  it("holds no cell that a spreadsheet would compute, whatever a corpus says", () => {
    const starts = [
      "=",
      "+",
      "-",
      "@",
      "\t",
      "\r",
      "\n",
      "＝",
      "＋",
      "－",
      "＠",
      " =",
      "\uFEFF=",
      "\u200B@",
    ];
    for (const start of starts) {
      const text = `${start}cmd|' /C calc'!A0`;
      const hostile = sentence({
        text,
        sentenceId: text,
        work: {
          id: text,
          type: "book",
          title: text,
          publisher: text,
          DOI: text,
          URL: text,
          author: [{ literal: text }],
          "container-title": text,
        },
      });
      const query = { ...document.query, picture: text, region: text };
      const csv = toCsv({ ...document, query, filters: [text], sentences: [hostile] }, true);
      const cells = readCsv(csv.replace("\uFEFF", "")).flat();
      expect(cells.some((cell) => cell.includes("cmd|"))).toBe(true);
      for (const cell of cells)
        expect(cell).not.toMatch(/^[\s\u200B\uFEFF]*[=+\-@＝＋－＠]|^[\t\r\n]/);
    }
    expect(csvCell(-0.25)).toBe("-0.25");
    expect(csvCell("'=1")).toBe("'=1");
    // Where a program parts by semicolons, tabs or line ends whatever is quoted.
    expect(csvCell("a;=1+1; b\t@x\n-y")).toBe("\"a;'=1+1; b\t'@x\n'-y\"");
    expect(csvCell("Ho, A.; Gu, Z.")).toBe('"Ho, A.; Gu, Z."');
  });

  it("begins with a byte order mark only where asked to", () => {
    expect(toCsv(document, true).startsWith("\uFEFFrank,")).toBe(true);
    expect(toCsv(document, false).startsWith("rank,")).toBe(true);
  });
});

describe("JSON", () => {
  it("says what was searched with what, and invents no page", () => {
    const file: unknown = JSON.parse(toJson(document));
    expect(file).toMatchObject({
      format: "artefact-sentences",
      version: 1,
      note: NEARNESS_NOTE,
      exported: "2026-11-29",
      edition: { editionId: "e1" },
      model: { fingerprint: "f1" },
      query: { picture: "Arnolfini – portrait.jpg", region: "the whole picture", rect: null },
      filters: ["Iconography"],
      hiddenKinds: ["caption"],
      list: { scope: "list", order: "closest", searched: 600, total: 600 },
      sentences: [
        {
          id: "W1_s0001",
          rank: 1,
          cosine: 0.28712345678,
          page: null,
          work: { DOI: "10.1000/mirror" },
        },
        { id: "W1_s0002", kinds: ["caption"] },
        { id: "W2_s0001", rank: null, strength: null, cosine: null },
      ],
    });
  });
});

describe("Markdown", () => {
  it("quotes each sentence with its note and an open page, and lists each work once", () => {
    const markdown = toMarkdown(document);
    expect(markdown).toContain("> “A dog stands. It looks.”");
    expect(markdown).toContain(`Rank 1. Linda Seidel, “On *Mirrors* \\& Doors,”`);
    expect(markdown.split(PAGE_SLOT.replaceAll(/[[\]]/g, "\\$&"))).toHaveLength(4);
    expect(markdown.match(/^- /gm)).toHaveLength(2);
    expect(markdown).toContain("Nearness is not evidence");
    expect(markdown).toContain("edition Sample notes (e1)");
  });

  it("lists a volume under its editors", () => {
    const { author: _, ...work } = sentence().work;
    const volume = { ...work, type: "book" as const, editor: [{ family: "Ho", given: "Angela" }] };
    const edited = { ...document, sentences: [sentence({ work: volume })] };
    expect(toMarkdown(edited)).toContain("- Ho, Angela, ed.");
    const [header = "", line = ""] = toCsv(edited, false).split("\r\n");
    expect(header).toContain(",authors,editors,year,");
    expect(line).toContain('"Ho, Angela"');
  });

  it("keeps addresses whole, as links, whatever is in a DOI", () => {
    const DOI = "10.1002/(SICI)1097-4571(199806)49:8<693::AID_ASI4*>3.0.CO;2-O";
    const markdown = toMarkdown({
      ...document,
      sentences: [sentence({ work: { ...sentence().work, DOI } })],
    });
    const links: string[] = [];
    const visit = (node: Nodes): void => {
      if (node.type === "link") links.push(node.url);
      if ("children" in node) node.children.forEach(visit);
    };
    visit(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
    const address = `https://doi.org/${DOI.replace("<", "%3C").replace(">", "%3E")}`;
    expect(links).toEqual([address, address]);
  });

  it("lets no text become markup", () => {
    expect(escapeMarkdown("<b>*a*</b> [x](y) `c` #1 a|b")).toBe(
      "\\<b\\>\\*a\\*\\</b\\> \\[x\\](y) \\`c\\` \\#1 a\\|b",
    );
  });
});

describe("BibTeX and RIS", () => {
  it("hold each work once, and say where it was found", () => {
    const bibtex = toBibtexFile({ ...document, filters: ["@comment{x}"] });
    expect(bibtex.match(/^@/gm)).toHaveLength(2);
    for (const line of bibtex.split("\n"))
      if (line.startsWith("%")) expect(line).not.toContain("@");
    expect(bibtex).toContain("% Found with ArteFact on 2026-11-29");
    const ris = toRisFile(document);
    expect(ris.match(/^TY {2}- /gm)).toHaveLength(2);
    expect(ris.match(/^ER {2}- /gm)).toHaveLength(2);
    expect(ris).toContain("N1  - “A dog stands. It looks.”\r\n");
    expect(ris).toContain("N1  - These sentences lie close");
    for (const line of ris.split("\r\n")) expect(line).toMatch(/^$|^[A-Z][A-Z0-9] {2}- /);
  });
});

describe("exportFile", () => {
  it("names every format's file after picture and day, in letters that every system takes", () => {
    const names = EXPORT_FORMATS.map((format) => exportFile(document, format, true).name);
    expect(names).toEqual(
      ["csv", "json", "md", "bib", "ris"].map(
        (extension) => `artefact-arnolfini-portrait-jpg-2026-11-29.${extension}`,
      ),
    );
    const query = { ...document.query, picture: "../../\u0000" };
    expect(exportFile({ ...document, query }, "csv", false).name).toBe(
      "artefact-sentences-2026-11-29.csv",
    );
  });
});
