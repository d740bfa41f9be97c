import type { WorkImage, WorkRecord } from "../../../src/core/edition/works-file.ts";
import { readCitation } from "../read-citation.ts";

/** What the corpus says of a work beside its record. */
export interface WorkFacts {
  readonly sentences: number;
  readonly topics: readonly string[];
  readonly creators: readonly string[];
  readonly images: readonly WorkImage[];
  readonly isProjectNote: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** A work as the edition keeps it, and what is wrong with its citation. */
export interface ReadWork {
  readonly work: WorkRecord;
  readonly problems: readonly string[];
}

/**
 * Reads a record of `works.json`; what it does not say stays empty.
 *
 * @param printedYear the year on the title page of the work's text, or null
 */
export function readWork(
  workId: string,
  fields: Fields,
  facts: WorkFacts,
  printedYear: number | null,
): ReadWork {
  const text = (key: string) => {
    const value = fields[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const record = {
    workId,
    author: text("Author_Name"),
    title: text("Work_Title"),
    year: text("Year"),
  };
  const plain = { ...record, doi: text("DOI"), link: text("Link") };
  const { csl, problems } = readCitation(text("BibTeX"), plain, printedYear);
  // Crossref's DOIs are bare, or have the resolver's old http address before them.
  const resolved = text("DOI") === "" || csl.DOI === undefined ? "" : addressOf(csl.DOI);
  const places = [text("DOI"), resolved, text("Link")];
  const link = places.find((url) => url.startsWith("https://")) ?? null;
  return { work: { ...record, link, citation: csl, ...facts }, problems };
}

/** Where a DOI leads; it may hold marks that mean something in an address. */
function addressOf(doi: string): string {
  return `https://doi.org/${doi.split("/").map(encodeURIComponent).join("/")}`;
}
