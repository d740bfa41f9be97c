import { toCsv } from "./csv.ts";
import type { ExportDocument } from "./export-document.ts";
import { toJson } from "./json.ts";
import { toMarkdown } from "./markdown.ts";
import { toBibtexFile, toRisFile } from "./references.ts";

/** What a list can be written as. */
export const EXPORT_FORMATS = ["csv", "json", "markdown", "bibtex", "ris"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A file ready to be kept. */
export interface ExportFile {
  readonly text: string;
  readonly name: string;
  readonly mediaType: string;
}

const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  csv: "csv",
  json: "json",
  markdown: "md",
  bibtex: "bib",
  ris: "ris",
};
const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: "text/csv;charset=utf-8",
  json: "application/json",
  markdown: "text/markdown;charset=utf-8",
  bibtex: "application/x-bibtex;charset=utf-8",
  ris: "application/x-research-info-systems;charset=utf-8",
};
/** Longest part of a file's name that comes from the picture's. */
const MOST_NAME = 40;

/** Writes sentences in a format. `withMark` counts for CSV alone. */
export function exportFile(
  document: ExportDocument,
  format: ExportFormat,
  withMark: boolean,
): ExportFile {
  const { query, date } = document;
  const name = `artefact-${plainName(query.picture ?? query.phrase?.text ?? "")}-${date}`;
  return {
    text: textOf(document, format, withMark),
    name: `${name}.${EXTENSIONS[format]}`,
    mediaType: MEDIA_TYPES[format],
  };
}

function textOf(document: ExportDocument, format: ExportFormat, withMark: boolean): string {
  switch (format) {
    case "csv":
      return toCsv(document, withMark);
    case "json":
      return toJson(document);
    case "markdown":
      return toMarkdown(document);
    case "bibtex":
      return toBibtexFile(document);
    case "ris":
      return toRisFile(document);
  }
}

/** A name that every file system takes: letters and digits, joined by hyphens. */
function plainName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MOST_NAME)
    .replaceAll(/^-+|-+$/g, "");
  return plain === "" ? "sentences" : plain;
}
