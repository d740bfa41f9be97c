import type { FileDigest } from "../../src/config/model-sources.ts";
import { AppError, type AppErrorDetail } from "../../src/core/errors.ts";
import { TransientError } from "../retry.ts";
import type { PartialFile } from "./partial-file.ts";

/** What is known of a file while it is being downloaded. */
export interface FileKnowledge {
  readonly url: string;
  /** The last part of its path. */
  readonly name: string;
  readonly digest: FileDigest | null;
  /** Length in bytes, once it is known. */
  size: number | null;
  /** What the server calls the version of which there are bytes. */
  version: string | null;
  /** False once the server has shown that it cannot send parts. */
  canSendParts: boolean;
  /** How often everything was thrown away. */
  restarts: number;
}

/** A file that turns out wrong is fetched anew so many times. */
const MOST_RESTARTS = 1;

/**
 * Throws away what is there, because it cannot become the file that is wanted.
 *
 * @param detail what is wrong with it
 * @param waitMs pause before the next attempt; null for the usual one
 * @throws always: TransientError, and AppError once it has happened too often
 */
export async function beginAnew(
  file: FileKnowledge,
  partial: PartialFile,
  detail: AppErrorDetail,
  waitMs: number | null = null,
): Promise<never> {
  await partial.discard();
  if (file.digest === null) file.size = null;
  file.restarts += 1;
  if (file.restarts > MOST_RESTARTS) throw new AppError(detail);
  throw new TransientError(detail, waitMs === null ? {} : { waitMs });
}
