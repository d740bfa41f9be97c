import { BROKEN_TAG } from "../../../src/core/source/readable-sentence.ts";

/** Letters per shingle: a wrong letter spoils four of some hundred. */
const LENGTH = 4;
/** Values of a signature, in bands: two sentences meet where all values of one band are equal. */
export const BANDS = 10;
const ROWS_PER_BAND = 5;

/** The number of a note, which says where a sentence stands and not what it says. */
const NOTE_NUMBER = /<sup>?\s*\d{1,3}[.\]]?\s*<\/sup>?/g;

/** A sentence's letters and digits, folded: what two printings of one sentence share. */
export function foldSentence(sentence: string): string {
  return sentence
    .replaceAll(NOTE_NUMBER, "")
    .replaceAll(BROKEN_TAG, "")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Mixes the bits of a 32-bit word (the finaliser of MurmurHash3). */
function mix(word: number): number {
  let bits = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A 32-bit hash of a whole text (FNV-1a over UTF-16 units, mixed). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash);
}

/** Hashes of all shingles of a folded text; one of the whole where it is shorter than a shingle. */
export function shinglesOf(folded: string): Set<number> {
  const shingles = new Set<number>();
  if (folded.length <= LENGTH) return shingles.add(hashText(folded));
  for (let at = 0; at + LENGTH <= folded.length; at++) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < LENGTH; i++) hash = Math.imul(hash ^ folded.charCodeAt(at + i), 0x01000193);
    shingles.add(mix(hash));
  }
  return shingles;
}

/** Share of the shingles of two sentences that both have (Jaccard's index). */
export function similarity(left: ReadonlySet<number>, right: ReadonlySet<number>): number {
  let shared = 0;
  for (const shingle of left) if (right.has(shingle)) shared += 1;
  return shared / (left.size + right.size - shared);
}

/**
 * One hash per band of a MinHash signature (Broder 1997; banding as in Leskovec, Rajaraman, Ullman, Mining of Massive
 * Datasets, 3.4): two sets of similarity s share at least one of b bands of r values with probability 1 − (1 − s^r)^b,
 * here 99.7 % for s = 0.85, and 1 in 10,000 for s = 0.1, as any two English sentences have it: few enough of millions.
 */
export function bandHashes(shingles: ReadonlySet<number>): Uint32Array {
  const least = new Uint32Array(BANDS * ROWS_PER_BAND).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let i = 0; i < least.length; i++) {
      const value = mix(shingle ^ Math.imul(i + 1, 0x9e3779b1));
      if (value < (least[i] ?? 0)) least[i] = value;
    }
  }
  const bands = new Uint32Array(BANDS);
  for (let band = 0; band < BANDS; band++) {
    let hash = band;
    for (let i = 0; i < ROWS_PER_BAND; i++) {
      hash = mix(Math.imul(hash, 31) ^ (least[band * ROWS_PER_BAND + i] ?? 0));
    }
    bands[band] = hash;
  }
  return bands;
}

/** Bits of a sketch, in two words. */
const WORD_BITS = 32;
/** Near-duplicates differ in 8 bits of their sketches on average and in more than this once in ten thousand; others in 28. */
export const MOST_DIFFERING_BITS = 18;

/**
 * A sketch of 64 bits, in two words (SimHash: Charikar, Similarity estimation techniques from rounding algorithms, STOC 2002): each
 * bit tells which way most shingles vote. Sets with Jaccard's index s differ in about acos(2s / (1 + s)) / π of the bits.
 */
export function sketchOf(shingles: ReadonlySet<number>): readonly [low: number, high: number] {
  return [voteOf(shingles, 0x9e3779b1), voteOf(shingles, 0x85ebca77)];
}

function voteOf(shingles: ReadonlySet<number>, seed: number): number {
  const votes = new Int32Array(WORD_BITS);
  for (const shingle of shingles) {
    const bits = mix(shingle ^ seed);
    for (let i = 0; i < WORD_BITS; i++) votes[i] = (votes[i] as number) + ((bits >>> i) & 1);
  }
  let word = 0;
  for (let i = 0; i < WORD_BITS; i++) {
    if (2 * (votes[i] as number) > shingles.size) word |= 1 << i;
  }
  return word;
}

/** Bits that are set in a 32-bit word. */
export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
