import type { SimilarGroup } from "../../../src/core/edition/similar-file.ts";
import { QUALITY_FLAGS } from "../../../src/core/quality/flags.ts";
import { BANDS, bandHashes, foldSentence, hashText, shinglesOf, similarity } from "./shingles.ts";

/** Two sentences are near-duplicates where they share at least this much of their shingles. */
const LEAST_SIMILARITY = 0.85;
/** Shorter sentences, in letters, are grouped only where they are the same: "See fig. 3" is not "See fig. 4". */
const LEAST_LETTERS = 24;
/** Leaders of one band that are compared at most; only empty phrases meet more. */
const MOST_COMPARED = 12;
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
 * chain of small differences joins what is not alike. Candidates come from MinHash bands and are compared exactly. About
 * 90 bytes per sentence.
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
  const leaderOf = new Int32Array(sentences).fill(NONE);

  const findLeader = (folded: string, bands: Uint32Array, own: ReadonlySet<number>): number => {
    const exact = hashText(folded);
    const compared = new Set<number>();
    for (let band = 0; band < BANDS; band++) {
      const hash = bands[band] ?? 0;
      let steps = 0;
      let leader = heads[band * buckets + (hash & (buckets - 1))] ?? NONE;
      for (
        ;
        leader !== NONE && steps < MOST_COMPARED;
        leader = nexts[band * sentences + leader] ?? NONE
      ) {
        if (hashes[band * sentences + leader] !== hash) continue;
        if (whole[leader] === exact) return leader;
        steps += 1;
        if (folded.length < LEAST_LETTERS || compared.has(leader)) continue;
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
      const leader = findLeader(folded, bands, shingles);
      leaderOf[row] = leader === NONE ? row : leader;
      if (leader !== NONE) return;
      whole[row] = hashText(folded);
      for (let band = 0; band < BANDS; band++) {
        const hash = bands[band] ?? 0;
        const bucket = band * buckets + (hash & (buckets - 1));
        hashes[band * sentences + row] = hash;
        nexts[band * sentences + row] = heads[bucket] ?? NONE;
        heads[bucket] = row;
      }
    },
    finish(flags) {
      const members = new Map<number, number[]>();
      leaderOf.forEach((leader, row) => {
        if (leader === NONE || leader === row) return;
        const group = members.get(leader) ?? [leader];
        group.push(row);
        members.set(leader, group);
      });
      return [...members.values()].map((rows) => {
        const representative = rows.find((row) => flags[row] === 0) ?? rows[0] ?? 0;
        const others = rows.filter((row) => row !== representative);
        for (const row of others) flags[row] = (flags[row] ?? 0) | QUALITY_FLAGS.duplicate;
        return { representative, others };
      });
    },
  };
}

/** Other figures say another thing: "Plate 3", "2007". One of the two may have none: pages' numbers come and go. */
function haveSameFigures(left: string, right: string): boolean {
  const [own, other] = [left.replaceAll(/\D/g, ""), right.replaceAll(/\D/g, "")];
  return own === other || own === "" || other === "";
}
