import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readCitation } from "../../../scripts/build-index/read-citation.ts";
import { apaReference } from "../../../src/core/citation/apa.ts";
import { chicagoBibliography, chicagoNote } from "../../../src/core/citation/chicago.ts";
import type { CslItem } from "../../../src/core/citation/csl.ts";
import { mlaWorkCited } from "../../../src/core/citation/mla.ts";
import type { RichText } from "../../../src/core/citation/rich-text.ts";
import { fetchFile, type Oracle, openOracle, type StyleName } from "./citeproc.ts";
import { ITEMS } from "./items.ts";

/** Real records of ArteFact, where this machine has them beside the repository. */
const SAMPLE = fileURLToPath(
  new URL("../../../../shared/artefact-sample/json/works.json", import.meta.url),
);
const OWN = fileURLToPath(new URL("../../../data/sample-corpus/json/works.json", import.meta.url));

function readWorks(path: string): CslItem[] {
  if (!existsSync(path)) return [];
  const works = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string>>;
  return Object.entries(works).map(([workId, fields]) => {
    const text = (key: string) => fields[key] ?? "";
    const record = {
      workId,
      author: text("Author_Name"),
      title: text("Work_Title"),
      year: text("Year"),
      doi: text("DOI"),
      link: text("Link"),
    };
    return readCitation(text("BibTeX"), record).csl;
  });
}

const items = [...ITEMS, ...readWorks(OWN), ...readWorks(SAMPLE)];

describe.each<
  [StyleName, string, (item: CslItem) => RichText, (oracle: Oracle, id: string) => RichText]
>([
  [
    "chicago-fullnote-bibliography",
    "Chicago's bibliography",
    chicagoBibliography,
    (o, id) => o.bibliography(id),
  ],
  [
    "chicago-fullnote-bibliography",
    "Chicago's note",
    (item) => chicagoNote(item, null),
    (o, id) => o.note(id, null),
  ],
  [
    "chicago-fullnote-bibliography",
    "Chicago's note on a page",
    (item) => chicagoNote(item, "12"),
    (o, id) => o.note(id, "12"),
  ],
  ["apa", "APA's reference", apaReference, (o, id) => o.bibliography(id)],
  ["modern-language-association", "MLA's work cited", mlaWorkCited, (o, id) => o.bibliography(id)],
])("%s: %s", (style, _name, format, expected) => {
  let oracle: Oracle;

  beforeAll(async () => {
    vi.stubGlobal("fetch", fetchFile);
    oracle = await openOracle(style, items);
    vi.unstubAllGlobals();
  });

  it.each(items.map((item) => [item.id, item] as const))(
    "is what citeproc makes of %s",
    (id, item) => {
      expect(format(item)).toEqual(expected(oracle, id));
    },
  );
});
