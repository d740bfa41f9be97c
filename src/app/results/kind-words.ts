import { QUALITY_FLAG_NAMES, QUALITY_FLAGS, type QualityFlag } from "../../core/quality/flags.ts";

/** What a kind of sentence is called: one of them, and all of them. */
interface KindWords {
  readonly one: string;
  readonly many: string;
}

export const KIND_WORDS: Readonly<Record<QualityFlag, KindWords>> = {
  bibliography: { one: "Reference", many: "References and notes that only cite" },
  caption: { one: "Caption", many: "Captions" },
  "running-head": { one: "Running head", many: "Running heads and page numbers" },
  "ocr-debris": { one: "Scanning debris", many: "Debris of scanning" },
  "other-language": { one: "Other language", many: "Other languages than English" },
  duplicate: { one: "Near-duplicate", many: "Near-duplicates" },
};

/** The kinds that a sentence's flags name. */
export function flagsIn(bits: number): readonly QualityFlag[] {
  return QUALITY_FLAG_NAMES.filter((name) => (bits & QUALITY_FLAGS[name]) !== 0);
}
