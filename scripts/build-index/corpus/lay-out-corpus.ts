import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSimilar } from "../../../src/core/edition/similar-file.ts";
import {
  encodeWorks,
  type WorkImage,
  type WorkRecord,
} from "../../../src/core/edition/works-file.ts";
import { countQualityFlags } from "../../../src/core/quality/flags.ts";
import type { WorkText } from "../../../src/core/source/work-text.ts";
import { flagSentences } from "../quality/flag-sentences.ts";
import { createSimilarGroups } from "../quality/similar-groups.ts";
import { alignSentences } from "../source/align.ts";
import { readMarkdown } from "../source/read-markdown.ts";
import { gzip } from "../write-edition.ts";
import { CORPUS_FILES, readRecords } from "./corpus-records.ts";
import type { CorpusLayout, LayoutFileName } from "./layout.ts";
import { readWork } from "./read-work.ts";
import { indexSentences } from "./sentence-index.ts";
import { createSourcesWriter } from "./sources-writer.ts";
import { createTextSpill } from "./text-spill.ts";
import { createTextsWriter } from "./texts-writer.ts";
import { copyWorkImages, type ImagesOption, imagesBase, readWorkImages } from "./work-images.ts";

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
  /** Folder that the files are written to. */
  readonly out: string;
}

/** Lines of the log are at least so far apart, in sentences. */
const LOG_EVERY = 100_000;

/**
 * Reads a corpus in ArteFact's form in one pass over `sentences.json` and one work after the other, and writes `works`,
 * `texts`, `sources` and `similar`. In memory stay some 40 bytes per sentence and one work's text, so that millions of
 * sentences need no more than a machine has.
 *
 * @throws BuildError naming what is wrong: ids twice or of another form, a sentence without text or work, a broken file
 */
export async function layOutCorpus(
  options: CorpusOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<CorpusLayout> {
  const { json, out } = options;
  await mkdir(out, { recursive: true });
  const records = await readRecords(json, signal);
  const spill = createTextSpill(join(out, "sentences.spill"));
  try {
    const path = join(json, CORPUS_FILES.sentences);
    const index = await indexSentences(path, (id) => records.works.has(id), spill, signal);
    log(`corpus: ${index.sentences} sentences in ${index.workIds.length} works`);
    const files = pathsIn(out);
    const texts = createTextsWriter(files.texts, index.sentences);
    const sources = createSourcesWriter(files.sources, index.workIds.length);
    const works: WorkRecord[] = [];
    const flags = new Uint16Array(index.sentences);
    const similar = createSimilarGroups(index.sentences, (row) =>
      spill.readAnywhere(index.offsets[row] ?? 0, index.lengths[row] ?? 0),
    );
    const citationProblems = new Map<string, readonly string[]>();
    const found = { worksWithText: 0, sentencesWithText: 0, spans: 0 };
    let nextLog = LOG_EVERY;
    for (const [work, workId] of index.workIds.entries()) {
      signal.throwIfAborted();
      const [firstRow, endRow] = [index.firstRows[work] ?? 0, index.firstRows[work + 1] ?? 0];
      const sentences: string[] = [];
      for (let row = firstRow; row < endRow; row++) {
        const text = spill.read(index.offsets[row] ?? 0, index.lengths[row] ?? 0);
        sentences.push(text);
        texts.add({ sentenceId: index.idOf(row), text });
        similar.add(row, text);
      }
      const source = await readWorkText(options.markdown, workId, sentences);
      sources.add(source);
      flags.set(flagSentences(sentences, source), firstRow);
      if (source !== null) {
        found.worksWithText += 1;
        found.sentencesWithText += sentences.length;
        found.spans += source.spans.filter((span) => span !== null).length;
      }
      const read = readWork(workId, records.works.get(workId) ?? {}, {
        sentences: sentences.length,
        topics: records.topicsOf(workId),
        creators: records.creatorsOf(workId),
        images: await takeImages(options, workId),
        isProjectNote: options.areProjectNotes,
      });
      works.push(read.work);
      if (read.problems.length > 0) citationProblems.set(workId, read.problems);
      if (endRow >= nextLog) {
        log(`corpus: ${endRow} of ${index.sentences} sentences laid out`);
        nextLog = endRow + LOG_EVERY;
      }
    }
    const groups = similar.finish(flags);
    texts.finish();
    sources.finish();
    const { topicNames, aliases } = records;
    await writeFile(files.works, gzip(encodeWorks({ works, topicNames, aliases })));
    await writeFile(files.similar, encodeSimilar(index.sentences, groups));
    const known = new Set(index.workIds);
    return {
      sentences: index.sentences,
      works,
      flags,
      files,
      images: imagesBase(options.images),
      coverage: {
        ...found,
        worksWithoutSentences: [...records.works.keys()].filter((id) => !known.has(id)),
        flagged: countQualityFlags(flags),
        citationProblems,
      },
      rowOf: index.rowOf,
      idOf: index.idOf,
    };
  } finally {
    spill.remove();
  }
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

async function readWorkText(
  folder: string | null,
  workId: string,
  sentences: readonly string[],
): Promise<WorkText | null> {
  if (folder === null) return null;
  const path = join(folder, workId, `${workId}.md`);
  const markdown = await readFile(path, "utf8").catch(() => null);
  if (markdown === null) return null;
  const blocks = readMarkdown(markdown);
  return { blocks, spans: alignSentences(blocks, sentences) };
}

async function takeImages(
  { markdown, images, out }: CorpusOptions,
  workId: string,
): Promise<readonly WorkImage[]> {
  if (markdown === null || images.kind === "none") return [];
  const folder = join(markdown, workId);
  const found = await readWorkImages(folder);
  if (images.kind === "copy") await copyWorkImages(folder, out, workId, found);
  return found;
}
