import { toBibtex } from "../citation/bibtex.ts";
import { toRis } from "../citation/ris.ts";
import { citedWorks, type ExportDocument, NEARNESS_NOTE, provenance } from "./export-document.ts";

/**
 * The works as BibTeX, each once. What stands before the first entry is a comment to every reader of the format, as long as
 * no "@" is in it.
 */
export function toBibtexFile(document: ExportDocument): string {
  const comments = [provenance(document), NEARNESS_NOTE].map(
    (line) => `% ${line.replaceAll(/\s+/g, " ").replaceAll("@", "(at)")}`,
  );
  return `${[...comments, ...citedWorks(document.sentences).map(toBibtex)].join("\n\n")}\n`;
}

/** The works as RIS, each once; the format has no comments, so that every work says in its notes what was quoted and how it was found. */
export function toRisFile(document: ExportDocument): string {
  return citedWorks(document.sentences)
    .map((work) => {
      const quoted = document.sentences
        .filter((sentence) => sentence.work.id === work.id)
        .map(({ text }) => `“${text.trim()}”`);
      return toRis(work, [...quoted, provenance(document), NEARNESS_NOTE]);
    })
    .join("");
}
