import { BuildError, nameSome } from "../build-error.ts";
import { createGrowingArray } from "./growing-array.ts";
import { readJsonEntries } from "./json-entries.ts";
import { formatSentenceId, parseSentenceId, type SentenceName } from "./sentence-id.ts";
import type { TextSpill } from "./text-spill.ts";

/** Which sentences there are, in row order, without their texts: about 20 bytes for each. */
export interface SentenceIndex {
  readonly sentences: number;
  /** The works that have sentences, in the order of their first one. */
  readonly workIds: readonly string[];
  /** Row of each work's first sentence, and of the end. */
  readonly firstRows: Uint32Array<ArrayBuffer>;
  /** Where the text of each row lies in the spill. */
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  idOf(row: number): string;
  /** The row of a sentence, −1 where there is none of this id. */
  rowOf(sentenceId: string): number;
}

/** Sentences as they come, before they are ordered; one entry each in every list. */
interface Collected {
  readonly workIds: string[];
  readonly workOf: Uint32Array<ArrayBuffer>;
  readonly numbers: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  /** Ids that are not spelled as the pipeline spells them, by place. */
  readonly oddIds: ReadonlyMap<number, string>;
}

/** More than this of one kind is not remembered for the message, only counted. */
const MOST_NAMED = 5;

/**
 * Streams `sentences.json`, puts the texts into `spill` and orders the sentences: works by their first sentence, the
 * sentences of a work by their number.
 *
 * @param hasWork tells whether a work has a record
 * @throws BuildError naming sentences without text, without a work, with an id of another form, or there twice
 */
export async function indexSentences(
  path: string,
  hasWork: (workId: string) => boolean,
  spill: TextSpill,
  signal: AbortSignal,
): Promise<SentenceIndex> {
  const collected = await collect(path, hasWork, spill, signal);
  const { workOf, numbers } = collected;
  const order = orderOf(workOf, numbers);
  const index = makeIndex(collected, order);
  const twice = idsTwice(index, order, collected);
  if (twice.length > 0) throw new BuildError(`${path} has ids twice: ${nameSome(twice)}`);
  return index;
}

async function collect(
  path: string,
  hasWork: (workId: string) => boolean,
  spill: TextSpill,
  signal: AbortSignal,
): Promise<Collected> {
  const workIds: string[] = [];
  const workIndex = new Map<string, number>();
  const workOf = createGrowingArray(Uint32Array);
  const numbers = createGrowingArray(Uint32Array);
  const offsets = createGrowingArray(Float64Array);
  const lengths = createGrowingArray(Uint32Array);
  const oddIds = new Map<number, string>();
  const wrong = { text: createComplaint(), form: createComplaint(), work: createComplaint() };
  const take = (id: string, { workId, number }: SentenceName, text: string): void => {
    const work = workIndex.get(workId) ?? workIds.push(workId) - 1;
    workIndex.set(workId, work);
    if (formatSentenceId({ workId, number }) !== id) oddIds.set(numbers.length, id);
    workOf.push(work);
    numbers.push(number);
    const { offset, length } = spill.add(text);
    offsets.push(offset);
    lengths.push(length);
  };
  for await (const entries of readJsonEntries(path, signal)) {
    for (const { key, value } of entries) {
      const text = textOf(value);
      const name = parseSentenceId(key);
      if (text === null) wrong.text.add(key);
      else if (name === null) wrong.form.add(key);
      else if (!hasWork(name.workId)) wrong.work.add(key);
      else take(key, name, text);
    }
  }
  spill.flush();
  wrong.text.throwIfAny("no text");
  wrong.form.throwIfAny("ids that are not <work>_s<number>");
  wrong.work.throwIfAny("no work");
  if (numbers.length === 0) throw new BuildError("the corpus has no sentences");
  return {
    workIds,
    workOf: workOf.finish(),
    numbers: numbers.finish(),
    offsets: offsets.finish(),
    lengths: lengths.finish(),
    oddIds,
  };
}

/** Counts what is wrong in one way, and remembers a few of its ids. */
function createComplaint() {
  const named: string[] = [];
  let count = 0;
  return {
    add(id: string): void {
      count++;
      if (named.length < MOST_NAMED) named.push(id);
    },
    throwIfAny(what: string): void {
      if (count > 0) throw new BuildError(`${what}: ${nameSome(named, count)}`);
    },
  };
}

/** The text of an entry of `sentences.json`, or null. */
function textOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("English Original" in value)) return null;
  const text = value["English Original"];
  return typeof text === "string" && text.trim() !== "" ? text : null;
}

/** Places in row order: by work, number, place. A published corpus is in that order already. */
function orderOf(workOf: Uint32Array, numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(numbers.length);
  let isOrdered = true;
  const compare = (left: number, right: number): number =>
    (workOf[left] ?? 0) - (workOf[right] ?? 0) ||
    (numbers[left] ?? 0) - (numbers[right] ?? 0) ||
    left - right;
  for (let place = 0; place < order.length; place++) {
    order[place] = place;
    if (place > 0 && compare(place - 1, place) > 0) isOrdered = false;
  }
  return isOrdered ? order : order.sort(compare);
}

function makeIndex(collected: Collected, order: Uint32Array): SentenceIndex {
  const { workIds } = collected;
  const sentences = order.length;
  const workOf = new Uint32Array(sentences);
  const numbers = new Uint32Array(sentences);
  const offsets = new Float64Array(sentences);
  const lengths = new Uint32Array(sentences);
  const oddIds = new Map<number, string>();
  const firstRows = new Uint32Array(workIds.length + 1);
  order.forEach((place, row) => {
    const work = collected.workOf[place] ?? 0;
    workOf[row] = work;
    numbers[row] = collected.numbers[place] ?? 0;
    offsets[row] = collected.offsets[place] ?? 0;
    lengths[row] = collected.lengths[place] ?? 0;
    firstRows[work + 1] = row + 1;
    const odd = collected.oddIds.get(place);
    if (odd !== undefined) oddIds.set(row, odd);
  });
  const workIndex = new Map(workIds.map((workId, work) => [workId, work]));
  const idOf = (row: number): string =>
    oddIds.get(row) ??
    formatSentenceId({ workId: workIds[workOf[row] ?? 0] ?? "", number: numbers[row] ?? 0 });
  const rowOf = (sentenceId: string): number => {
    const name = parseSentenceId(sentenceId);
    const work = name === null ? undefined : workIndex.get(name.workId);
    if (name === null || work === undefined) return -1;
    const end = firstRows[work + 1] ?? 0;
    let low = firstRows[work] ?? 0;
    for (let high = end; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((numbers[middle] ?? 0) < name.number) low = middle + 1;
      else high = middle;
    }
    // "_s1" and "_s0001" are two sentences of one number.
    for (; low < end && numbers[low] === name.number; low++)
      if (idOf(low) === sentenceId) return low;
    return -1;
  };
  return { sentences, workIds, firstRows, offsets, lengths, idOf, rowOf };
}

/** Ids that two rows have; rows of one work and number stand together. */
function idsTwice(
  index: SentenceIndex,
  order: Uint32Array,
  { workOf, numbers }: Collected,
): string[] {
  const twice = new Set<string>();
  let run = new Set<string>();
  for (let row = 1; row < order.length; row++) {
    const [before, place] = [order[row - 1] ?? 0, order[row] ?? 0];
    if (workOf[before] !== workOf[place] || numbers[before] !== numbers[place]) {
      if (run.size > 0) run = new Set();
      continue;
    }
    run.add(index.idOf(row - 1));
    const id = index.idOf(row);
    if (run.has(id)) twice.add(id);
    run.add(id);
  }
  return [...twice];
}
