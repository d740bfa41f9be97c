import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { encodeSimilar } from "../../../src/core/edition/similar-file.ts";
import { encodeWorks, type WorkRecord } from "../../../src/core/edition/works-file.ts";
import { countQualityFlags } from "../../../src/core/quality/flags.ts";
import { gzip } from "../gzip.ts";
import { createSimilarGroups } from "../quality/similar-groups.ts";
import { CORPUS_FILES, type CorpusRecords, readRecords } from "./corpus-records.ts";
import { describeCoverage } from "./describe-coverage.ts";
import type { LaidOutWork } from "./lay-out-work.ts";
import type { CorpusLayout, LayoutFileName } from "./layout.ts";
import { readWork } from "./read-work.ts";
import { indexSentences, type SentenceIndex } from "./sentence-index.ts";
import { createSourcesWriter } from "./sources-writer.ts";
import { createTextSpill, type TextSpill } from "./text-spill.ts";
import { createTextsWriter } from "./texts-writer.ts";
import { copyWorkImages, type ImagesOption, imagesBase } from "./work-images.ts";
import { openWorkPool, type WorkPool } from "./work-pool.ts";

/** What a corpus is laid out from. */
export interface CorpusOptions {
  /** Folder with sentences.json and works.json. */
  readonly json: string;
  /** Folder with `<work>/<work>.md`, or null; works without a file have no text. */
  readonly markdown: string | null;
  /** What becomes of the images that lie beside the Markdown. */
  readonly images: ImagesOption;
  /** Marks every work as a note that this project wrote itself. */
  readonly areProjectNotes: boolean;
  /** Threads at most; null for all processors. */
  readonly threads: number | null;
  /** Folder that the files are written to. */
  readonly out: string;
}

/** Hears from a pass how it goes on. */
export interface CorpusListener {
  readonly log: (line: string) => void;
  /** How many of the sentences are laid out. */
  readonly report: (done: number, total: number) => void;
}

/** A thread is worth its start for this many sentences. */
const SENTENCES_PER_THREAD = 20_000;
/** Each takes some 130 MB of memory. */
const MOST_THREADS = 6;
/** Works that wait for their turn per thread: one long work must not keep the others waiting. */
const WORKS_AHEAD = 8;

/**
 * Reads a corpus in ArteFact's form in one pass over `sentences.json` and one work after the other, and writes `works`,
 * `texts`, `sources` and `similar`. In memory stay some 150 bytes per sentence and a few works' texts, so that millions of
 * sentences need no more than a machine has. Equal input gives equal files, on any number of threads.
 *
 * @throws BuildError naming what is wrong: ids twice or of another form, a sentence without text or work, a broken file
 */
export async function layOutCorpus(
  options: CorpusOptions,
  listener: CorpusListener,
  signal: AbortSignal,
): Promise<CorpusLayout> {
  const { json, out } = options;
  await mkdir(out, { recursive: true });
  const records = await readRecords(json, signal);
  const spill = createTextSpill(join(out, "sentences.spill"));
  try {
    const path = join(json, CORPUS_FILES.sentences);
    const index = await indexSentences(path, (id) => records.works.has(id), spill, signal);
    listener.log(`corpus: ${index.sentences} sentences in ${index.workIds.length} works`);
    const wanted = Math.ceil(index.sentences / SENTENCES_PER_THREAD);
    const most = options.threads ?? availableParallelism();
    const threads = Math.min(most, MOST_THREADS, wanted);
    const pool = openWorkPool(threads);
    try {
      return await layOutWorks({ options, records, index, spill, pool, threads, listener, signal });
    } finally {
      await pool.close();
    }
  } finally {
    spill.remove();
  }
}

interface Pass {
  readonly options: CorpusOptions;
  readonly records: CorpusRecords;
  readonly index: SentenceIndex;
  readonly spill: TextSpill;
  readonly pool: WorkPool;
  readonly threads: number;
  readonly listener: CorpusListener;
  readonly signal: AbortSignal;
}

async function layOutWorks(pass: Pass): Promise<CorpusLayout> {
  const { options, records, index, spill, listener, signal } = pass;
  const { log, report } = listener;
  const files = pathsIn(options.out);
  const texts = createTextsWriter(files.texts, index.sentences);
  const sources = createSourcesWriter(files.sources, index.workIds.length);
  const similar = createSimilarGroups(index.sentences, (row) =>
    spill.readAnywhere(index.offsets[row] ?? 0, index.lengths[row] ?? 0),
  );
  const flags = new Uint16Array(index.sentences);
  const works: WorkRecord[] = [];
  const citationProblems = new Map<string, readonly string[]>();
  const found = { worksWithText: 0, sentencesWithText: 0, spans: 0 };
  const spansByWork: (number | null)[] = [];
  report(0, index.sentences);
  for await (const { workId, firstRow, sentences, laidOut } of inOrder(pass)) {
    signal.throwIfAborted();
    sentences.forEach((text, place) => {
      texts.add({ sentenceId: index.idOf(firstRow + place), text });
      similar.add(firstRow + place, text);
    });
    sources.add(laidOut.text);
    flags.set(laidOut.flags, firstRow);
    spansByWork.push(laidOut.text === null ? null : laidOut.spans);
    if (laidOut.text !== null) {
      found.worksWithText += 1;
      found.sentencesWithText += sentences.length;
      found.spans += laidOut.spans;
    }
    const { markdown, images } = options;
    if (markdown !== null && images.kind === "copy") {
      await copyWorkImages(join(markdown, workId), images.to, workId, laidOut.images);
    }
    const facts = {
      sentences: sentences.length,
      topics: records.topicsOf(workId),
      creators: records.creatorsOf(workId),
      images: laidOut.images,
      isProjectNote: options.areProjectNotes,
    };
    const record = records.works.get(workId) ?? {};
    const read = readWork(workId, record, facts, laidOut.printedYear);
    works.push(read.work);
    if (read.problems.length > 0) citationProblems.set(workId, read.problems);
    report(firstRow + sentences.length, index.sentences);
  }
  const groups = similar.finish(flags);
  texts.finish();
  sources.finish();
  const { topicNames, aliases } = records;
  await writeFile(files.works, gzip(encodeWorks({ works, topicNames, aliases })));
  await writeFile(files.similar, encodeSimilar(index.sentences, groups));
  const known = new Set(index.workIds);
  const layout: CorpusLayout = {
    sentences: index.sentences,
    works,
    flags,
    files,
    images: imagesBase(options.images),
    coverage: {
      ...found,
      spansByWork,
      worksWithoutSentences: [...records.works.keys()].filter((id) => !known.has(id)),
      flagged: countQualityFlags(flags),
      good: flags.reduce((sum, bits) => sum + (bits === 0 ? 1 : 0), 0),
      groups: groups.length,
      citationProblems,
    },
    rowOf: index.rowOf,
    idOf: index.idOf,
  };
  for (const line of describeCoverage(layout)) log(line);
  return layout;
}

interface NextWork {
  readonly workId: string;
  readonly firstRow: number;
  readonly sentences: readonly string[];
  readonly laidOut: LaidOutWork;
}

/** The works in the edition's order, while the pool works ahead. */
async function* inOrder({ options, index, spill, pool, threads }: Pass): AsyncGenerator<NextWork> {
  const { markdown, images } = options;
  const ahead: Promise<NextWork>[] = [];
  for (const [work, workId] of index.workIds.entries()) {
    const [firstRow, endRow] = [index.firstRows[work] ?? 0, index.firstRows[work + 1] ?? 0];
    const sentences: string[] = [];
    for (let row = firstRow; row < endRow; row++) {
      sentences.push(spill.read(index.offsets[row] ?? 0, index.lengths[row] ?? 0));
    }
    const job = { workId, sentences, markdown, takesImages: images.kind !== "none" };
    const next = pool.layOut(job).then((laidOut) => ({ workId, firstRow, sentences, laidOut }));
    // Whoever waits for it hears of a failure; until then it must not count as unheard.
    next.catch(() => undefined);
    ahead.push(next);
    if (ahead.length >= WORKS_AHEAD * threads) yield await shift(ahead);
  }
  while (ahead.length > 0) yield await shift(ahead);
}

function shift<T>(queue: Promise<T>[]): Promise<T> {
  return queue.shift() ?? Promise.reject(new Error("the queue is empty"));
}

function pathsIn(folder: string): Record<LayoutFileName, string> {
  const path = (name: LayoutFileName) => join(folder, `${name}.layout`);
  return {
    works: path("works"),
    texts: path("texts"),
    sources: path("sources"),
    similar: path("similar"),
  };
}
