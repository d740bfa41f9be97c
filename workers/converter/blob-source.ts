import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";

/** Reads ranges of a Blob, such as a file of the person's own or what was put together from stored pieces. */
export function createBlobSource(name: string, blob: Blob): ByteSource {
  return {
    key: name,
    size: blob.size,
    async read(range, signal) {
      checkRange(range, { key: name, size: blob.size });
      signal.throwIfAborted();
      try {
        return new Uint8Array(await blob.slice(range.start, range.end).arrayBuffer());
      } catch (cause) {
        // A file that was changed, moved or deleted since it was chosen; or storage that was cleared.
        throw new AppError(
          { code: "weights-invalid", file: name, why: "it can no longer be read" },
          { cause },
        );
      }
    },
  };
}
