import { readFile } from "node:fs/promises";
import { CSL } from "citeproc-plus/dist/index.js";
import type { CslItem } from "../../../src/core/citation/csl.ts";
import {
  join,
  type RichText,
  readMarkup,
  toPlainText,
} from "../../../src/core/citation/rich-text.ts";

/** The styles that the product writes itself, as the Citation Style Language project defines them. */
export type StyleName = "chicago-fullnote-bibliography" | "apa" | "modern-language-association";

/** What citeproc-js makes of items: the oracle for the product's own formatters. */
export interface Oracle {
  bibliography(id: string): RichText;
  note(id: string, locator: string | null): RichText;
}

/** Not English, so that citeproc leaves the capitals of titles alone, as the product does. */
const NO_TITLE_CASE = "zxx";

/** citeproc's HTML as rich text. It uses `<i>`, character references, and for italics inside italics a span. */
function readHtml(html: string): RichText {
  const inner = html.replace(/^\s*<div[^>]*>/, "").replace(/<\/div>\s*$/, "");
  const runs: RichText[] = [];
  let depth = 0;
  let roman = 0;
  for (const piece of inner.split(/(<[^>]+>)/)) {
    if (/^<i>$/.test(piece)) depth += 1;
    else if (/^<\/i>$/.test(piece)) depth -= 1;
    else if (/^<span style="font-style:normal;?">$/.test(piece)) roman += 1;
    else if (/^<\/span>$/.test(piece)) roman = Math.max(0, roman - 1);
    else if (!piece.startsWith("<")) {
      const text = toPlainText(readMarkup(piece));
      runs.push([{ text, isItalic: depth > 0 && roman === 0 }]);
    }
  }
  return join(...runs);
}

/** Loads citeproc-js with a style. `fetch` must read files, see the test. */
export async function openOracle(style: StyleName, items: readonly CslItem[]): Promise<Oracle> {
  const byId = new Map(items.map((item) => [item.id, { ...item, language: NO_TITLE_CASE }]));
  const system = { retrieveItem: (id: string) => byId.get(id) };
  const engine = await new CSL().getEngine(system, style, "en-US");
  // One item at a time: in company, citeproc tells equal authors and years apart by dashes and letters.
  return {
    bibliography(id) {
      engine.updateItems([id]);
      const [, entries] = engine.makeBibliography();
      return readHtml(entries[0] ?? "");
    },
    note(id, locator) {
      engine.updateItems([id]);
      const cite = locator === null ? { id } : { id, locator, label: "page" };
      return readHtml(engine.makeCitationCluster([cite]));
    },
  };
}

/** Reads the files that citeproc-plus asks `fetch` for. */
export async function fetchFile(path: string): Promise<Response> {
  return new Response(new Uint8Array(await readFile(path)));
}
