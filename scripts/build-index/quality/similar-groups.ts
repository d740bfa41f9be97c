import type { SimilarGroup } from "../../../src/core/edition/similar-file.ts";
import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import {
  BANDS,
  bandHashes,
  countBits,
  foldSentence,
  hashText,
  MOST_DIFFERING_BITS,
  shinglesOf,
  similarity,
  sketchOf,
} from "./shingles.ts";

/** Two sentences are near-duplicates where they share at least this much of their shingles. */
const LEAST_SIMILARITY = 0.85;
/** Shorter sentences, in letters, are grouped only where they are the same: "See fig. 3" is not "See fig. 4". */
const LEAST_LETTERS = 24;
/** Leaders of one band that are compared at most, and looked at; only empty phrases meet more. */
const MOST_COMPARED = 12;
const MOST_SEEN = 1000;
const NONE = -1;

/** Finds near-duplicates while sentences come in row order. */
export interface SimilarGroups {
  add(row: number, sentence: string): void;
  /**
   * The groups of two and more. A group is stood for by its first sentence without any flag, or by its first; the others
   * get the flag `duplicate`.
   */
  finish(flags: Uint16Array): SimilarGroup[];
}

/**
 * Groups by leaders: a sentence joins the first group whose first member is near enough, or founds its own, so that no
 * chain of small differences joins what is not alike. Candidates come from MinHash bands, and those whose sketches are alike are
 * compared exactly. About 160 bytes per sentence.
 *
 * @param textOf reads an earlier sentence again
 */
export function createSimilarGroups(
  sentences: number,
  textOf: (row: number) => string,
): SimilarGroups {
  const buckets = 2 ** Math.ceil(Math.log2(Math.max(2, sentences)));
  const heads = new Int32Array(BANDS * buckets).fill(NONE);
  const nexts = new Int32Array(BANDS * sentences).fill(NONE);
  const hashes = new Uint32Array(BANDS * sentences);
  const whole = new Uint32Array(sentences);
  const sketches = new Uint32Array(2 * sentences);
  const leaderOf = new Int32Array(sentences).fill(NONE);
  const isLike = (leader: number, [low, high]: readonly [number, number]): boolean =>
    countBits((sketches[2 * leader] ?? 0) ^ low) +
      countBits((sketches[2 * leader + 1] ?? 0) ^ high) <=
    MOST_DIFFERING_BITS;

  const findLeader = (
    folded: string,
    bands: Uint32Array,
    own: ReadonlySet<number>,
    sketch: readonly [number, number],
  ): number => {
    const exact = hashText(folded);
    const compared = new Set<number>();
    for (let band = 0; band < BANDS; band++) {
      const hash = bands[band] ?? 0;
      let steps = 0;
      let seen = 0;
      let leader = heads[band * buckets + (hash & (buckets - 1))] ?? NONE;
      for (
        ;
        leader !== NONE && steps < MOST_COMPARED && seen < MOST_SEEN;
        leader = nexts[band * sentences + leader] ?? NONE
      ) {
        seen += 1;
        if (hashes[band * sentences + leader] !== hash) continue;
        if (whole[leader] === exact) return leader;
        if (folded.length < LEAST_LETTERS || !isLike(leader, sketch)) continue;
        steps += 1;
        if (compared.has(leader)) continue;
        compared.add(leader);
        const other = foldSentence(textOf(leader));
        if (other.length < LEAST_LETTERS) continue;
        if (!haveSameFigures(folded, other)) continue;
        if (similarity(own, shinglesOf(other)) >= LEAST_SIMILARITY) return leader;
      }
    }
    return NONE;
  };
  return {
    add(row, sentence) {
      const folded = foldSentence(sentence);
      if (folded === "") return;
      const shingles = shinglesOf(folded);
      const bands = bandHashes(shingles);
      const sketch = sketchOf(shingles);
      const leader = findLeader(folded, bands, shingles, sketch);
      leaderOf[row] = leader === NONE ? row : leader;
      if (leader !== NONE) return;
      whole[row] = hashText(folded);
      sketches.set(sketch, 2 * row);
      for (let band = 0; band < BANDS; band++) {
        const hash = bands[band] ?? 0;
        const bucket = band * buckets + (hash & (buckets - 1));
        hashes[band * sentences + row] = hash;
        nexts[band * sentences + row] = heads[bucket] ?? NONE;
        heads[bucket] = row;
      }
    },
    finish(flags) {
      // A counting sort by leader: a Map ends at 16.7 million entries.
      const sizes = new Uint32Array(sentences);
      for (const leader of leaderOf) if (leader !== NONE) sizes[leader] = (sizes[leader] ?? 0) + 1;
      const ends = new Uint32Array(sentences);
      let total = 0;
      sizes.forEach((size, leader) => {
        ends[leader] = total;
        if (size > 1) total += size;
      });
      const members = new Uint32Array(total);
      leaderOf.forEach((leader, row) => {
        if (leader === NONE || (sizes[leader] ?? 0) < 2) return;
        const place = ends[leader] ?? 0;
        members[place] = row;
        ends[leader] = place + 1;
      });
      const groups: SimilarGroup[] = [];
      sizes.forEach((size, leader) => {
        if (size < 2) return;
        const end = ends[leader] ?? 0;
        const rows = Array.from(members.subarray(end - size, end));
        const representative = rows.find((row) => flags[row] === 0) ?? rows[0] ?? 0;
        const others = rows.filter((row) => row !== representative);
        for (const row of others) flags[row] = (flags[row] ?? 0) | QUALITY_FLAGS.duplicate;
        groups.push({ representative, others });
      });
      return groups;
    },
  };
}

/** Other figures say another thing: "Plate 3", "2007". One of the two may have none: pages' numbers come and go. */
function haveSameFigures(left: string, right: string): boolean {
  const [own, other] = [left.replaceAll(/\D/g, ""), right.replaceAll(/\D/g, "")];
  return own === other || own === "" || other === "";
}
