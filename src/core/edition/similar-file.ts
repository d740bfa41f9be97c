import { AppError } from "../errors.ts";
import { createBinaryReader } from "./binary-reader.ts";
import { createBinaryWriter } from "./binary-writer.ts";

/** "AFSM" in little-endian order. */
const MAGIC = 0x4d534641;
const VERSION = 1;
/** The name of this file in errors. */
const F = "similar";

/** Sentences that say the same: the one that stands for them, and the others, rows ascending. */
export interface SimilarGroup {
  readonly representative: number;
  readonly others: readonly number[];
}

/** Looks up near-duplicates by row. */
export interface SimilarReader {
  readonly groups: number;
  /** The group that a row stands for or belongs to, or null. */
  groupOf(row: number): SimilarGroup | null;
  /** How many sentences fold under a row: 0 unless it stands for a group. */
  countUnder(row: number): number;
}

/**
 * Encodes groups: header (magic, version, sentences, groups, others in all), the representatives ascending, the end of
 * each group's others, the others of all groups (all u32).
 *
 * @param groups no row in two of them
 */
export function encodeSimilar(
  sentences: number,
  groups: readonly SimilarGroup[],
): Uint8Array<ArrayBuffer> {
  const ordered = groups.toSorted((left, right) => left.representative - right.representative);
  const total = ordered.reduce((sum, { others }) => sum + others.length, 0);
  const words = new Uint32Array(5 + 2 * ordered.length + total);
  words.set([MAGIC, VERSION, sentences, ordered.length, total]);
  let end = 0;
  ordered.forEach(({ representative, others }, group) => {
    words[5 + group] = representative;
    words.set(others, 5 + 2 * ordered.length + end);
    end += others.length;
    words[5 + ordered.length + group] = end;
  });
  const writer = createBinaryWriter();
  writer.array(words);
  return writer.finish();
}

/**
 * Validates the `similar` file of an edition of `sentences` rows.
 *
 * @throws AppError `edition-version`, `edition-corrupt`
 */
export function parseSimilar(bytes: Uint8Array, sentences: number): SimilarReader {
  const reader = createBinaryReader(bytes, F);
  if (reader.u32() !== MAGIC) throw corrupt("not a file of similar sentences");
  const version = reader.u32();
  if (version !== VERSION) {
    throw new AppError({ code: "edition-version", found: version, supported: VERSION });
  }
  const found = reader.u32();
  if (found !== sentences) throw corrupt(`it is of ${found} sentences, not of ${sentences}`);
  const groups = reader.u32UpTo(sentences, "groups");
  const total = reader.u32UpTo(sentences, "similar sentences");
  const representatives = reader.u32s(groups);
  const ends = reader.u32s(groups);
  const others = reader.u32s(total);
  reader.end();

  const groupOfRow = new Map<number, number>();
  const enter = (row: number, group: number): void => {
    if (row >= sentences) throw corrupt(`row ${row} of ${sentences}`);
    if (groupOfRow.has(row)) throw corrupt(`row ${row} is in two groups`);
    groupOfRow.set(row, group);
  };
  const startOf = (group: number): number => (group === 0 ? 0 : (ends[group - 1] ?? 0));
  representatives.forEach((row, group) => {
    const [start, end] = [startOf(group), ends[group] ?? 0];
    if (end <= start || end > total) throw corrupt(`group ${group} has no others`);
    enter(row, group);
    for (const other of others.subarray(start, end)) enter(other, group);
  });
  if ((ends[groups - 1] ?? 0) !== total) throw corrupt("its groups do not fill it");
  return {
    groups,
    groupOf(row) {
      const group = groupOfRow.get(row);
      if (group === undefined) return null;
      return {
        representative: representatives[group] ?? row,
        others: [...others.subarray(startOf(group), ends[group])],
      };
    },
    countUnder(row) {
      const group = groupOfRow.get(row);
      if (group === undefined || representatives[group] !== row) return 0;
      return (ends[group] ?? 0) - startOf(group);
    },
  };
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: F, why });
}
