import type { SentenceSpan, TextBlock, WorkText } from "../../../src/core/source/work-text.ts";

/**
 * The letters and digits of a text, folded, in one stream: what is left of a sentence after the pipeline deleted marks of
 * Markdown, hyphens among them, and what is left of its source after the same. Both sides lose everything else, so that a
 * sentence is a plain substring of its source wherever nothing but marks and spaces differ.
 */
interface KeyStream {
  readonly keys: string;
  /** Block and offset of every unit of `keys`. */
  readonly blocks: Int32Array;
  readonly offsets: Int32Array;
}

const KEY = /[\p{L}\p{N}]/u;
/** Tags as they are after the pipeline deleted ">" and other marks: "<sup", "</sup", `<span id="page01"`, "<brThree". */
const BROKEN_TAG = /<\/?(?:sup|sub|span|br|em|strong|i|b)(?:\s+[a-z]+="[^"]*")*\s*\/?\\?>?/gi;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: " ",
};

/** Within how many units after the sentence before it a sentence is expected; further on only a long one is believed. */
const NEAR_UNITS = 4000;
/** A sentence with fewer units than this may stand anywhere by chance; far from its place it is not believed. */
const DISTINCT_UNITS = 24;
/** Length of the pieces by which a changed sentence is found, and the step between them, in units. */
const GRAM = 10;
const GRAM_STEP = 3;
/** A piece that stands in more places than this, as in rows of noughts, tells none of them. */
const MOST_PLACES = 32;
/** Fewer pieces than this say nothing. */
const LEAST_GRAMS = 3;
/** Pieces on one diagonal may differ by so many units: text was lost or added between them. */
const DRIFT_UNITS = 48;
/** Share of a sentence's pieces that must lie on one diagonal for it to be found. */
const LEAST_SHARE = 0.35;

function foldUnit(character: string): string {
  return character
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function readKeys(blocks: readonly TextBlock[]): KeyStream {
  const keys: string[] = [];
  const places: number[] = [];
  const offsets: number[] = [];
  blocks.forEach(({ text }, block) => {
    let offset = 0;
    for (const character of text) {
      if (KEY.test(character)) {
        for (const unit of foldUnit(character)) {
          keys.push(unit);
          // Astral letters fill two units of the joined string.
          for (let i = 0; i < unit.length; i++) {
            places.push(block);
            offsets.push(offset);
          }
        }
      }
      offset += character.length;
    }
  });
  return {
    keys: keys.join(""),
    blocks: Int32Array.from(places),
    offsets: Int32Array.from(offsets),
  };
}

function keysOf(sentence: string): string {
  const text = sentence
    .replaceAll(BROKEN_TAG, " ")
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
  let keys = "";
  for (const character of text) if (KEY.test(character)) keys += foldUnit(character);
  return keys;
}

/** Where a changed sentence lies: the stretch of the stream in which most of its pieces stand in order. */
function findChanged(stream: string, keys: string, from: number): readonly [number, number] | null {
  const last = keys.length - GRAM;
  if (last < LEAST_GRAMS * GRAM_STEP) return null;
  const offsets = Array.from({ length: Math.ceil(last / GRAM_STEP) }, (_, i) => i * GRAM_STEP);
  // The last piece ends where the sentence does.
  offsets.push(last);
  const to = Math.min(stream.length, from + NEAR_UNITS + 2 * keys.length);
  const window = stream.slice(from, to);
  const hits: { readonly diagonal: number; readonly at: number }[] = [];
  for (const offset of offsets) {
    const piece = keys.slice(offset, offset + GRAM);
    const places: number[] = [];
    for (
      let at = window.indexOf(piece);
      at >= 0 && places.length <= MOST_PLACES;
      at = window.indexOf(piece, at + 1)
    ) {
      places.push(at);
    }
    if (places.length > MOST_PLACES) continue;
    for (const at of places) hits.push({ diagonal: at - offset, at });
  }
  hits.sort((left, right) => left.diagonal - right.diagonal);
  let best: readonly [number, number] = [0, 0];
  for (let low = 0, high = 0; high < hits.length; high++) {
    const limit = (hits[high]?.diagonal ?? 0) - DRIFT_UNITS;
    while ((hits[low]?.diagonal ?? 0) < limit) low++;
    if (high - low > best[1] - best[0]) best = [low, high];
  }
  const band = hits.slice(best[0], best[1] + 1).map(({ at }) => at);
  if (band.length < LEAST_SHARE * offsets.length) return null;
  const first = band.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const end = band.reduce((most, at) => Math.max(most, at), 0);
  return [from + first, from + end + GRAM];
}

/** Finds `keys` at or after `from`, nearest first; a short sentence only near. */
function findExact(stream: string, keys: string, from: number): number {
  const next = stream.indexOf(keys, from);
  if (next >= 0 && (next - from < NEAR_UNITS || keys.length >= DISTINCT_UNITS)) return next;
  return keys.length >= DISTINCT_UNITS ? stream.indexOf(keys) : -1;
}

/**
 * Finds the sentences of a work in its blocks: in order, each by its letters and digits from the end of the one before it;
 * where that fails, as where two columns or a footnote were read into a sentence, by the stretch in which most of its
 * pieces stand in order.
 *
 * @returns one span per sentence, null where the source does not hold it
 */
export function alignSentences(
  blocks: readonly TextBlock[],
  sentences: readonly string[],
): WorkText["spans"] {
  const stream = readKeys(blocks);
  let cursor = 0;
  return sentences.map((sentence): SentenceSpan | null => {
    const keys = keysOf(sentence);
    if (keys === "") return null;
    const exact = findExact(stream.keys, keys, cursor);
    const found =
      exact >= 0 ? ([exact, exact + keys.length] as const) : findChanged(stream.keys, keys, cursor);
    if (found === null) return null;
    const [start, end] = found;
    // A jump far ahead would lose all sentences in between.
    if (start - cursor < NEAR_UNITS) cursor = Math.max(cursor, end);
    return spanOf(blocks, stream, start, end);
  });
}

/** The span of units `[start, end)`, widened over the marks that belong to the sentence. */
function spanOf(
  blocks: readonly TextBlock[],
  { blocks: places, offsets }: KeyStream,
  start: number,
  end: number,
): SentenceSpan {
  const block = places[start] ?? 0;
  const lastBlock = places[end - 1] ?? block;
  const text = blocks[block]?.text ?? "";
  const lastText = blocks[lastBlock]?.text ?? "";
  const before = /[“‘"'«([]+$/.exec(text.slice(0, offsets[start]))?.[0].length ?? 0;
  const lastOffset = offsets[end - 1] ?? 0;
  const width = String.fromCodePoint(lastText.codePointAt(lastOffset) ?? 0).length;
  const after =
    /^[\p{M}.,;:!?…%”’"'»)\]]*/u.exec(lastText.slice(lastOffset + width))?.[0].length ?? 0;
  return {
    block,
    start: (offsets[start] ?? 0) - before,
    lastBlock,
    end: lastOffset + width + after,
  };
}
