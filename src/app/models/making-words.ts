import { downloadTotals } from "../session/progress-view.ts";
import type { ShelfJob } from "./create-model-shelf.ts";

/** The making of a model in one short line for the page's head, such as "CLIP ViT-B/32, 45 %"; null while none is made. */
export function makingWords(job: ShelfJob): string | null {
  if (job.kind !== "making") return null;
  const { loaded, total } = job.progress.converting ?? downloadTotals(job.progress);
  return total === 0
    ? job.wanted.name
    : `${job.wanted.name}, ${Math.floor((loaded / total) * 100)} %`;
}
