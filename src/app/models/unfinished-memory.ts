import type { StorageAccess } from "./model-choice.ts";

/** Bytes of a download that are here, and bytes in all. */
export interface Unfinished {
  readonly loaded: number;
  readonly total: number;
}

/** Knows from one visit to the next how far broken-off downloads came. The bytes themselves are the converter's. */
export interface UnfinishedMemory {
  /** Null where nothing is known of that model. */
  read(modelId: string): Unfinished | null;
  /** Null for a download that is complete. */
  write(modelId: string, unfinished: Unfinished | null): void;
}

const PREFIX = "artefact.unfinished.";

/** Creates the memory. Where nothing can be stored, a download is still resumed; the page only cannot say so before. */
export function createUnfinishedMemory(storage: StorageAccess): UnfinishedMemory {
  return {
    read(modelId) {
      try {
        return parse(storage().getItem(PREFIX + modelId));
      } catch {
        return null;
      }
    },
    write(modelId, unfinished) {
      try {
        if (unfinished === null) storage().removeItem(PREFIX + modelId);
        else storage().setItem(PREFIX + modelId, JSON.stringify(unfinished));
      } catch {
        // Refused or full: see above.
      }
    },
  };
}

function parse(text: string | null): Unfinished | null {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) return null;
  const loaded: unknown = Reflect.get(value, "loaded");
  const total: unknown = Reflect.get(value, "total");
  if (typeof loaded !== "number" || typeof total !== "number") return null;
  return loaded > 0 && total >= loaded ? { loaded, total } : null;
}
