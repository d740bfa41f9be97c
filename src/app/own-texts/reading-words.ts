import type { TextsJob } from "./create-text-shelf.ts";

/** How far a model is with own texts, in a few words for the head of the page; null while it reads none. */
export function readingWords(job: TextsJob): string | null {
  if (job.kind !== "reading") return null;
  if (job.total === 0) return "your texts";
  return `your texts: ${Math.floor((job.embedded / job.total) * 100)} %`;
}
