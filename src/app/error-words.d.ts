import type { AppErrorDetail } from "../core/errors.ts";
/** A failure in words: what happened, what it means or what to do, and whether trying again can help. */
export interface ErrorWords {
  readonly title: string;
  readonly sentence: string;
  readonly action?: "retry" | "choose-another" | "reload";
}
/** The words for an error. The switch is exhaustive: a new code does not compile until it is worded here. */
export declare function errorWords(error: AppErrorDetail): ErrorWords;
