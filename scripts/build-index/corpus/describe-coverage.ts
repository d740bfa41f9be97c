import { QUALITY_FLAG_NAMES } from "../../../src/core/quality/flags.ts";
import type { CorpusLayout } from "./layout.ts";

/** A share in per cent, to two digits. */
export function percent(part: number, whole: number): string {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(2)} %`;
}

/** What the builder says of a corpus: texts, alignment, flags, citations; a line each. */
export function describeCoverage(layout: CorpusLayout): string[] {
  const { coverage, sentences, works } = layout;
  const { worksWithText, spans, sentencesWithText, flagged, good } = coverage;
  const aligned = `${spans} of ${sentencesWithText} sentences found in them (${percent(spans, sentencesWithText)})`;
  const flags = QUALITY_FLAG_NAMES.map((name) => `${name} ${flagged[name]}`).join(", ");
  return [
    `sources: ${worksWithText} of ${works.length} works; ${aligned}`,
    `quality: ${good} of ${sentences} sentences without a flag (${percent(good, sentences)}); ${flags}`,
    `citations: ${coverage.citationProblems.size} of ${works.length} with something to look at`,
  ];
}
