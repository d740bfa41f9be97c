import { checkRange, type MergedRange, mergeRanges } from "../../src/core/bytes/ranges.ts";
import type { ByteRange, ByteSource } from "../../src/core/bytes/source.ts";

/** How reads are joined. */
export interface CoalescingOptions {
  /** Bytes that nobody wants but that are cheaper to read than a further request: 64 KiB take less than a round trip. */
  readonly maxGap: number;
  /** Longest joined read: progress shows, and one failure does not cost much. */
  readonly maxBytes: number;
  /** Calls `flush` once, a moment later. */
  readonly schedule: (flush: () => void) => void;
}

/** How long the first read waits for company, in milliseconds: IndexedDB answers neighbours that far apart. */
const WINDOW_MS = 3;

/** The options of the search worker. */
export const DEFAULT_COALESCING: CoalescingOptions = {
  maxGap: 64 * 1024,
  maxBytes: 4 * 1024 * 1024,
  schedule: (flush) => {
    setTimeout(flush, WINDOW_MS);
  },
};

interface PendingRead {
  readonly range: ByteRange;
  readonly signal: AbortSignal;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (reason: unknown) => void;
  isOver: boolean;
}

/**
 * Joins reads that come close together in time and in the file into one read.
 * A caller that aborts is rejected alone; the joined read is aborted when nobody is left who wants it.
 */
export function withCoalescing(source: ByteSource, options: CoalescingOptions): ByteSource {
  let pending: PendingRead[] = [];

  const readMerged = async (merged: MergedRange, reads: readonly PendingRead[]) => {
    const controller = new AbortController();
    const members = merged.members.flatMap((index) => reads[index] ?? []);
    const leaveWhenAlone = () => {
      if (members.every((read) => read.isOver)) controller.abort();
    };
    for (const read of members) read.signal.addEventListener("abort", leaveWhenAlone);
    try {
      const range = { start: merged.start, end: merged.end };
      const bytes = await source.read(range, controller.signal);
      for (const read of members) {
        const from = read.range.start - merged.start;
        read.resolve(bytes.slice(from, from + read.range.end - read.range.start));
      }
    } catch (error) {
      for (const read of members) read.reject(error);
    } finally {
      for (const read of members) {
        read.isOver = true;
        read.signal.removeEventListener("abort", leaveWhenAlone);
      }
    }
  };

  const flush = () => {
    const reads = pending.filter((read) => !read.isOver);
    pending = [];
    const ranges = reads.map((read) => read.range);
    for (const merged of mergeRanges(ranges, options.maxGap, options.maxBytes)) {
      void readMerged(merged, reads);
    }
  };

  return {
    key: source.key,
    size: source.size,
    read(range, signal) {
      return new Promise((resolve, reject) => {
        checkRange(range, source);
        signal.throwIfAborted();
        const onAbort = () => {
          read.isOver = true;
          reject(signal.reason);
        };
        const settled = <T>(settle: (value: T) => void) => {
          return (value: T) => {
            signal.removeEventListener("abort", onAbort);
            settle(value);
          };
        };
        const read: PendingRead = {
          range,
          signal,
          resolve: settled(resolve),
          reject: settled(reject),
          isOver: false,
        };
        signal.addEventListener("abort", onAbort, { once: true });
        if (pending.length === 0) options.schedule(flush);
        pending.push(read);
      });
    },
  };
}
