import { type AppErrorDetail, isAbort, isAppError } from "../../src/core/errors.ts";
import { BuildError } from "../build-index/build-error.ts";

function explainDetail(detail: AppErrorDetail): string {
  switch (detail.code) {
    case "weights-invalid":
      return `The model could not be read: ${detail.file}: ${detail.why}.`;
    case "network":
      return `The server of ${detail.url} could not be reached, or stopped half-way. Nothing was changed; try again.`;
    case "http-status":
      return `The server answered ${detail.status} for ${detail.url}.`;
    case "range-ignored":
      return `The server of ${detail.url} sent another part of the file than it was asked for.`;
    case "short-read":
      return `${detail.url} has ${detail.received} bytes where ${detail.expected} were expected: it changed while it was read.`;
    case "session-failed":
      return `The pack was written but does not run: ${detail.stage}: ${detail.why}.`;
    default:
      return `Nothing was built: ${JSON.stringify(detail)}.`;
  }
}

/** What the system says of a file, by the codes of Node's errors. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  EACCES: "it may not be read or written",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is a file",
  ENOSPC: "the disk is full",
};

function explainSystem(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  const words = SYSTEM_WORDS[String(error.code)];
  if (words === undefined) return null;
  return `${"path" in error ? `${error.path}: ` : ""}${words}.`;
}

/** What ended a build, in a sentence; null for a fault of this program. */
export function explainError(error: unknown): string | null {
  if (isAbort(error)) return "The build was stopped; nothing was changed.";
  if (error instanceof BuildError) return error.message;
  return isAppError(error) ? explainDetail(error.detail) : explainSystem(error);
}
