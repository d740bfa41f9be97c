import type { SentenceText } from "../../src/core/edition/texts-file.ts";
import type { WorkRecord } from "../../src/core/edition/works-file.ts";
import type { WorkText } from "../../src/core/source/work-text.ts";

/** A small corpus in memory; a row of the edition is the index of its sentence. */
export interface Corpus {
  /** Grouped by work, in the order of the works. */
  readonly sentences: readonly SentenceText[];
  /** Index of the work of each sentence. */
  readonly workOfRow: Uint32Array<ArrayBuffer>;
  /** The works that have sentences. */
  readonly works: readonly WorkRecord[];
  readonly topicNames: Readonly<Record<string, string>>;
  /** The text of each work and where its sentences stand in it; null where the corpus has none. */
  readonly texts: readonly (WorkText | null)[];
}
