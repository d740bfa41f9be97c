/** What a sentence may be besides good prose, each a bit of its flags. Nothing that is flagged is ever deleted. */
export const QUALITY_FLAGS = {
  /** An entry of a list of references, or a note that only cites. */
  bibliography: 1 << 0,
  /** The words below a picture or a table. */
  caption: 1 << 1,
  /** A running head, a page number, a publisher's or library's line. */
  "running-head": 1 << 2,
  /** What recognition of the scan garbled: broken words, rows of figures, code. */
  "ocr-debris": 1 << 3,
  /** Written in another language than English. */
  "other-language": 1 << 4,
  /** Says the same as a sentence that stands for its group. */
  duplicate: 1 << 5,
} as const;

export type QualityFlag = keyof typeof QUALITY_FLAGS;

/** The flags in the order of their bits. */
export const QUALITY_FLAG_NAMES: readonly QualityFlag[] = [
  "bibliography",
  "caption",
  "running-head",
  "ocr-debris",
  "other-language",
  "duplicate",
];

/** Hides all of them: what a search does unless it is asked otherwise. */
export const ALL_QUALITY_FLAGS = 0x3f;

/** How many sentences carry each flag. */
export type QualityCounts = Readonly<Record<QualityFlag, number>>;

/** Counts the flags of all sentences. */
export function countQualityFlags(flags: Uint16Array): QualityCounts {
  const all: Record<QualityFlag, number> = {
    bibliography: 0,
    caption: 0,
    "running-head": 0,
    "ocr-debris": 0,
    "other-language": 0,
    duplicate: 0,
  };
  for (const bits of flags) {
    if (bits === 0) continue;
    for (const name of QUALITY_FLAG_NAMES) if ((bits & QUALITY_FLAGS[name]) !== 0) all[name] += 1;
  }
  return all;
}
