import type { WorkRecord } from "../../../src/core/edition/works-file.ts";
import type { QualityCounts } from "../../../src/core/quality/flags.ts";

/** Files that the corpus pass writes; the builder hashes them and gives them their names in the edition. */
export const LAYOUT_FILES = ["works", "texts", "sources", "similar"] as const;
export type LayoutFileName = (typeof LAYOUT_FILES)[number];

/** What the corpus pass leaves in memory: which sentence a row is, and which works there are. */
export interface CorpusLayout {
  /** Sentences; a row of the edition is the place of its sentence in this order: works contiguous, then by number. */
  readonly sentences: number;
  /** The works that have sentences, in the edition's order. */
  readonly works: readonly WorkRecord[];
  /** Quality bits of each row. */
  readonly flags: Uint16Array<ArrayBuffer>;
  /** Paths of the files in the output folder, `<name>.layout`. */
  readonly files: Readonly<Record<LayoutFileName, string>>;
  /** Where the images of the works lie, for the manifest; null where they are not used. */
  readonly images: { readonly base: string } | null;
  readonly coverage: CorpusCoverage;
  /** The row of a sentence, −1 where the corpus has none of this id. */
  rowOf(sentenceId: string): number;
  idOf(row: number): string;
}

/** How much of a corpus could be used, for the builder's log and the corpus report. */
interface CorpusCoverage {
  readonly worksWithText: number;
  /** Records of works.json that have no sentence: they are not in the edition. */
  readonly worksWithoutSentences: readonly string[];
  /** Sentences of works with a text, and how many of them were found in it. */
  readonly sentencesWithText: number;
  readonly spans: number;
  /** How many sentences of each work, in the edition's order, were found in its text; null where it has none. */
  readonly spansByWork: readonly (number | null)[];
  readonly flagged: QualityCounts;
  /** Sentences without any flag. */
  readonly good: number;
  /** Groups of near-duplicates. */
  readonly groups: number;
  /** Problems of citations by work id. */
  readonly citationProblems: ReadonlyMap<string, readonly string[]>;
}
