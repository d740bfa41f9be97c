import { errorWords } from "../../src/app/error-words.ts";
import { isAppError } from "../../src/core/errors.ts";

/** What one check found; "note" is something to know that is neither right nor wrong. */
export interface Check {
  readonly outcome: "passed" | "failed" | "note";
  readonly name: string;
  /** What was measured, or what is wrong, in a few words or sentences. */
  readonly detail: string;
}

/** An error as a sentence: what happened, and the fields that say where. */
export function sentenceOf(error: unknown): string {
  if (isAppError(error)) {
    const { code: _, ...fields } = error.detail;
    const where = Object.values(fields).join(": ");
    return `${errorWords(error.detail).title}${where === "" ? "" : ` (${where})`}.`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** A check that something measured stays within a bound. */
export function within(name: string, error: number, bound: number, what: string): Check {
  return {
    outcome: error <= bound ? "passed" : "failed",
    name,
    detail: `${what} ${error.toExponential(1)}, allowed ${bound.toExponential(0)}`,
  };
}

/** A check that a statement is true. */
export function holds(name: string, isTrue: boolean, detail: string): Check {
  return { outcome: isTrue ? "passed" : "failed", name, detail };
}

/** Runs some checks; an error on the way is a failed check of that name, not the end of the others. */
export async function attempt(
  name: string,
  work: () => readonly Check[] | Promise<readonly Check[]>,
): Promise<readonly Check[]> {
  try {
    return await work();
  } catch (error) {
    return [{ outcome: "failed", name, detail: sentenceOf(error) }];
  }
}

const MARKS = { passed: "ok", failed: "FAILED", note: "note" } as const;

/** The checks as a table of three columns. */
export function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(
      ({ outcome, name, detail }) =>
        `${MARKS[outcome].padEnd(6)}  ${name.padEnd(width)}  ${detail}`,
    )
    .join("\n");
}

/** The verdict in one sentence. */
export function verdictOf(checks: readonly Check[]): {
  readonly isSound: boolean;
  readonly sentence: string;
} {
  const failed = checks.filter(({ outcome }) => outcome === "failed").length;
  const judged = checks.filter(({ outcome }) => outcome !== "note").length;
  return failed === 0
    ? { isSound: true, sentence: `The pack is sound: all ${judged} checks passed.` }
    : { isSound: false, sentence: `The pack is not sound: ${failed} of ${judged} checks failed.` };
}
