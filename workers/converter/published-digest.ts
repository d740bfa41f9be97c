import type { FileDigest } from "../../src/config/model-sources.ts";
import { isAbort } from "../../src/core/errors.ts";

/** A pointer has about 130 bytes; more is something else. */
const MOST_POINTER_BYTES = 1024;

/** What a hub publishes of a large file. */
export interface PublishedFile {
  readonly digest: FileDigest;
  readonly bytes: number;
}

/**
 * Reads a Git LFS pointer (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md), which a hub serves under `raw` in
 * the place of a large file.
 *
 * @returns null where there is none, or where the server does not let pages of other sites read it
 */
export async function readPublished(
  url: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<PublishedFile | null> {
  try {
    const response = await fetch(url, { cache: "no-store", signal });
    const reader = response.ok ? response.body?.getReader() : undefined;
    const first = await reader?.read();
    await reader?.cancel();
    return parsePointer(first?.value ?? new Uint8Array(0));
  } catch (error) {
    if (isAbort(error)) throw error;
    return null;
  }
}

function parsePointer(bytes: Uint8Array): PublishedFile | null {
  if (bytes.length > MOST_POINTER_BYTES) return null;
  const text = new TextDecoder().decode(bytes);
  if (!text.startsWith("version https://git-lfs.github.com/spec/v1\n")) return null;
  const hex = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = Number(/^size (\d{1,15})$/m.exec(text)?.[1] ?? Number.NaN);
  if (hex === undefined || !Number.isSafeInteger(size)) return null;
  return { digest: { algorithm: "sha256", hex }, bytes: size };
}
