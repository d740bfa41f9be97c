import { checkRange } from "../../src/core/bytes/ranges.ts";
import type { ByteRange, ByteSource } from "../../src/core/bytes/source.ts";

/** A source over bytes in memory that records its reads. */
export function memorySource(
  bytes: Uint8Array<ArrayBuffer>,
  key = "memory",
): ByteSource & { readonly reads: ByteRange[] } {
  const reads: ByteRange[] = [];
  const size = bytes.length;
  return {
    key,
    size,
    reads,
    read(range, signal) {
      checkRange(range, { key, size });
      signal.throwIfAborted();
      reads.push({ ...range });
      return Promise.resolve(bytes.slice(range.start, range.end));
    },
  };
}
