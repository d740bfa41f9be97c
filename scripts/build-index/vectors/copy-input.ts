import { open } from "node:fs/promises";
import type { Input } from "./open-input.ts";

const PIECE_BYTES = 1 << 24;

/** A path at which a file can be read: its own, or a copy at `path` of one that is on a server. */
export async function copyInput(input: Input, path: string, signal: AbortSignal): Promise<string> {
  if (!input.isRemote) return input.place;
  const file = await open(path, "w");
  try {
    for (let start = 0; start < input.size; start += PIECE_BYTES) {
      const end = Math.min(start + PIECE_BYTES, input.size);
      await file.write(await input.read({ start, end }, signal));
    }
  } finally {
    await file.close();
  }
  return path;
}
