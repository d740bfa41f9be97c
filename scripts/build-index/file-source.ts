import { open } from "node:fs/promises";
import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteSource } from "../../src/core/bytes/source.ts";
import { AppError } from "../../src/core/errors.ts";

/** A file on disk as a byte source: the edition checks itself with the reader that the page uses. */
export async function openFileSource(
  path: string,
  key: string,
): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await open(path, "r");
  const { size } = await handle.stat();
  return {
    key,
    size,
    async read(range, signal) {
      checkRange(range, { key, size });
      signal.throwIfAborted();
      const expected = range.end - range.start;
      const bytes = new Uint8Array(expected);
      let received = 0;
      while (received < expected) {
        const rest = expected - received;
        const { bytesRead } = await handle.read(bytes, received, rest, range.start + received);
        if (bytesRead === 0) {
          throw new AppError({ code: "short-read", url: path, expected, received });
        }
        received += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
