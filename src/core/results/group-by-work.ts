import type { FoundSentence, WorkSummary } from "../protocol.ts";

/** The sentences of a list that stand in one work. */
export interface WorkGroup {
  readonly work: WorkSummary;
  /** In the order of the list. */
  readonly sentences: readonly FoundSentence[];
}

/** A list by work: works in the order in which they first appear, so that the work of the first sentence comes first. */
export function groupByWork(found: readonly FoundSentence[]): readonly WorkGroup[] {
  const groups = new Map<string, { work: WorkSummary; sentences: FoundSentence[] }>();
  for (const sentence of found) {
    const { work } = sentence;
    const group = groups.get(work.workId);
    if (group === undefined) groups.set(work.workId, { work, sentences: [sentence] });
    else group.sentences.push(sentence);
  }
  return [...groups.values()];
}
