import type { Progress, ProgressStep } from "../../core/progress.ts";
/** All progress of one run, gathered: every download by its key, the newest step, and the scan. */
export interface ProgressView {
  readonly downloads: Readonly<
    Record<
      string,
      {
        readonly loaded: number;
        readonly total: number;
      }
    >
  >;
  readonly step: ProgressStep | null;
}
/** Progress of a run that has not reported anything. */
export declare const noProgress: ProgressView;
/** `view` after one more report. A download never runs backwards, whatever order reports arrive in. */
export declare function addProgress(view: ProgressView, progress: Progress): ProgressView;
/** Bytes so far and in all, over every download that has begun. */
export declare function downloadTotals(view: ProgressView): {
  loaded: number;
  total: number;
};
/** The words for a download, by its key; a key without words of its own is shown as it is. */
export declare function itemWords(item: string): string;
/** The words for a step. */
export declare function stepWords(step: ProgressStep): string;
