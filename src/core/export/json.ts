import { type ExportDocument, NEARNESS_NOTE } from "./export-document.ts";

/** The file's `format` and `version`; docs/results.md describes its fields. */
const FORMAT = "artefact-sentences";
const VERSION = 1;

/** The sentences as JSON, with works in CSL-JSON. `page` is null: the corpus records none for a sentence. */
export function toJson(document: ExportDocument): string {
  const { date, edition, model, query, filters, hiddenKinds, scope, order } = document;
  const { searched, total, sentences } = document;
  const file = {
    format: FORMAT,
    version: VERSION,
    note: NEARNESS_NOTE,
    exported: date,
    edition,
    model,
    query,
    filters,
    hiddenKinds,
    list: { scope, order, searched, total },
    sentences: sentences.map(({ sentenceId, text, place, kinds, work }) => ({
      id: sentenceId,
      rank: place?.rank ?? null,
      strength: place?.strength ?? null,
      cosine: place?.cosine ?? null,
      isExact: place?.isExact ?? null,
      kinds,
      text,
      page: null,
      work,
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}
