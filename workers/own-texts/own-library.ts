import type { Run } from "../../src/core/own-texts/row-runs.ts";
import type { StoredWork } from "./own-database.ts";
import type { TextsStore } from "./texts-store.ts";

/** The works of one moment, by their rows. */
interface LibraryMoment {
  readonly revision: string;
  readonly works: readonly StoredWork[];
  readonly deleted: readonly StoredWork[];
}

/** The works as this worker remembers them. */
export interface OwnLibrary {
  /** The works as they are now; read again only where something has changed, in this tab or another. */
  now(): Promise<LibraryMoment>;
}

/** Creates a memory over the store. */
export function createOwnLibrary(store: Pick<TextsStore, "revision" | "works">): OwnLibrary {
  let moment: LibraryMoment | null = null;
  return {
    async now() {
      if (moment !== null && (await store.revision()) === moment.revision) return moment;
      const { revision, works } = await store.works();
      const byRow = [...works].sort((left, right) => left.firstRow - right.firstRow);
      moment = {
        revision,
        works: byRow.filter((work) => !work.isDeleted),
        deleted: byRow.filter((work) => work.isDeleted),
      };
      return moment;
    },
  };
}

/** The rows of some works, runs that touch put together. */
export function runsOfWorks(works: readonly StoredWork[]): readonly Run[] {
  const runs: { firstRow: number; count: number }[] = [];
  for (const { firstRow, sentences } of works) {
    const last = runs.at(-1);
    if (last !== undefined && last.firstRow + last.count === firstRow) last.count += sentences;
    else runs.push({ firstRow, count: sentences });
  }
  return runs;
}

/** The work that a row belongs to, among works by row; undefined where none does. */
export function workOfRow(works: readonly StoredWork[], row: number): StoredWork | undefined {
  let [low, high] = [0, works.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((works[middle]?.firstRow ?? 0) <= row) low = middle + 1;
    else high = middle;
  }
  const work = works[low - 1];
  return work !== undefined && row < work.firstRow + work.sentences ? work : undefined;
}
