import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { WorkImage } from "../../../src/core/edition/works-file.ts";
import { encodeWorkText, type WorkText } from "../../../src/core/source/work-text.ts";
import { gzip } from "../gzip.ts";
import { flagSentences } from "../quality/flag-sentences.ts";
import { alignSentences } from "../source/align.ts";
import { printedYear } from "../source/printed-year.ts";
import { readMarkdown } from "../source/read-markdown.ts";
import { whereMissing } from "./where-missing.ts";
import { readWorkImages } from "./work-images.ts";

/** A work that is to be laid out; goes to a thread as it is. */
export interface WorkJob {
  readonly workId: string;
  /** Its sentences in order. */
  readonly sentences: readonly string[];
  /** Folder that holds `<work>/<work>.md`, or null. */
  readonly markdown: string | null;
  readonly takesImages: boolean;
}

/** What a work's own files give, without regard to other works. */
export interface LaidOutWork {
  /** Its text as the edition keeps it, compressed; null where it has none. */
  readonly text: Uint8Array<ArrayBuffer> | null;
  /** Sentences that were found in the text. */
  readonly spans: number;
  /** Quality bits of its sentences but `duplicate`. */
  readonly flags: Uint16Array<ArrayBuffer>;
  readonly images: readonly WorkImage[];
  /** The year on the title page of its text, or null. */
  readonly printedYear: number | null;
}

/** Reads a work's Markdown and images, aligns and flags its sentences. */
export async function layOutWork(job: WorkJob): Promise<LaidOutWork> {
  const { workId, sentences, markdown } = job;
  const text = markdown === null ? null : await readWorkText(markdown, workId, sentences);
  const takesImages = markdown !== null && job.takesImages;
  return {
    text: text === null ? null : gzip(encodeWorkText(text)),
    spans: text === null ? 0 : text.spans.filter((span) => span !== null).length,
    flags: flagSentences(sentences, text),
    printedYear: text === null ? null : printedYear(text.blocks),
    images: takesImages ? await readWorkImages(join(markdown, workId)) : [],
  };
}

async function readWorkText(
  folder: string,
  workId: string,
  sentences: readonly string[],
): Promise<WorkText | null> {
  const path = join(folder, workId, `${workId}.md`);
  const markdown = await readFile(path, "utf8").catch(whereMissing(path, null));
  if (markdown === null) return null;
  const blocks = readMarkdown(markdown);
  return { blocks, spans: alignSentences(blocks, sentences) };
}
