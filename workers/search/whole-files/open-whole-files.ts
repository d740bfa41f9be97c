import { openBlobFiles } from "./blob-files.ts";
import { openOpfsFiles } from "./opfs-files.ts";
import type { WholeFileStore } from "./whole-file-store.ts";

/** Opens the best store for whole files that this browser has; null where it keeps nothing for the page. */
export async function openWholeFiles(): Promise<WholeFileStore | null> {
  for (const open of [openOpfsFiles, openBlobFiles]) {
    try {
      return await open();
    } catch {
      // Not there, or refused, as in a private window: the next one.
    }
  }
  return null;
}
