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

  const startOf = (group: number): number => (group === 0 ? 0 : (ends[group - 1] ?? 0));
  // Sorted arrays: a Map ends at 16.7 million entries.
  const rows = new Uint32Array(groups + total);
  rows.set(representatives);
  rows.set(others, groups);
  rows.sort();
  rows.forEach((row, i) => {
    if (row >= sentences) throw corrupt(`row ${row} of ${sentences}`);
    if (i > 0 && rows[i - 1] === row) throw corrupt(`row ${row} is in two groups`);
  });
  const groupOfPlace = new Uint32Array(rows.length);
  representatives.forEach((row, group) => {
    const [start, end] = [startOf(group), ends[group] ?? 0];
    if (end <= start || end > total) throw corrupt(`group ${group} has no others`);
    groupOfPlace[placeOf(rows, row)] = group;
    for (const other of others.subarray(start, end)) groupOfPlace[placeOf(rows, other)] = group;
  });
  if ((ends[groups - 1] ?? 0) !== total) throw corrupt("its groups do not fill it");
  const groupOfRow = (row: number): number | undefined => {
    const place = placeOf(rows, row);
    return rows[place] === row ? groupOfPlace[place] : undefined;
  };
  return {
    groups,
    groupOf(row) {
      const group = groupOfRow(row);
      if (group === undefined) return null;
      return {
        representative: representatives[group] ?? row,
        others: [...others.subarray(startOf(group), ends[group])],
      };
    },
    countUnder(row) {
      const group = groupOfRow(row);
      if (group === undefined || representatives[group] !== row) return 0;
      return (ends[group] ?? 0) - startOf(group);
    },
  };
}

/** Where `row` stands among the ascending `rows`, or would stand. */
function placeOf(rows: Uint32Array, row: number): number {
  let low = 0;
  for (let high = rows.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}

function corrupt(why: string): AppError {
  return new AppError({ code: "edition-corrupt", file: F, why });
}
