import type { Progress, ProgressStep } from "../../core/progress.ts";

/** All progress of one run, gathered: every download by its key, the newest step, and the scan. */
export interface ProgressView {
  readonly downloads: Readonly<Record<string, { readonly loaded: number; readonly total: number }>>;
  /** Bytes of weights converted so far and in all; null while nothing is converted. */
  readonly converting: { readonly loaded: number; readonly total: number } | null;
  readonly step: ProgressStep | null;
  /** Sentences that are embedded on this device, so far and in all; null where none are. */
  readonly sentences: { readonly embedded: number; readonly total: number } | null;
  /** Sentences of the edition that were scored so far, and all of them; null before the first report. */
  readonly scan: { readonly scanned: number; readonly total: number } | null;
}

/** Progress of a run that has not reported anything. */
export const noProgress: ProgressView = {
  downloads: {},
  converting: null,
  step: null,
  sentences: null,
  scan: null,
};

/** `view` after one more report. A download never runs backwards, whatever order reports arrive in. */
export function addProgress(view: ProgressView, progress: Progress): ProgressView {
  switch (progress.phase) {
    case "download": {
      const before = view.downloads[progress.item]?.loaded ?? 0;
      const loaded = Math.max(before, Math.min(progress.loaded, progress.total));
      const entry = { loaded, total: progress.total };
      return { ...view, downloads: { ...view.downloads, [progress.item]: entry } };
    }
    case "step":
      return { ...view, step: progress.step };
    case "embed": {
      const { embedded, total } = progress;
      return { ...view, sentences: { embedded, total } };
    }
    case "convert":
      return { ...view, converting: { loaded: progress.loaded, total: progress.total } };
    case "scan":
      return { ...view, scan: { scanned: progress.scanned, total: progress.total } };
  }
}

/** Bytes so far and in all, over every download that has begun. */
export function downloadTotals(view: ProgressView): { loaded: number; total: number } {
  let loaded = 0;
  let total = 0;
  for (const download of Object.values(view.downloads)) {
    loaded += download.loaded;
    total += download.total;
  }
  return { loaded, total };
}

/** The words for a download, by its key; a key without words of its own is shown as it is. */
export function itemWords(item: string): string {
  return ITEM_WORDS[item] ?? item;
}

const ITEM_WORDS: Readonly<Record<string, string>> = {
  runtime: "Program that computes the model",
  model: "Model",
  weights: "Weights",
  "text-tower": "Part of the model for texts",
  router: "Index",
  edition: "Sentences for offline use",
  works: "Works",
  texts: "Sentences",
};

/** The words for a step. */
export function stepWords(step: ProgressStep): string {
  switch (step) {
    case "decode-picture":
      return "Reading the picture";
    case "prepare-model":
      return "Preparing the model";
    case "self-test":
      return "Checking the model on this device";
    case "embed-picture":
      return "Embedding the picture";
    case "open-edition":
      return "Opening the sentences";
    case "route":
      return "Choosing where to search";
    case "re-rank":
      return "Ordering the closest sentences";
    case "read-texts":
      return "Reading the sentences";
    case "explain":
      return "Computing the maps";
  }
}
