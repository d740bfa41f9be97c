import type { ByteSource } from "../../../src/core/bytes/source.ts";
import { AppError } from "../../../src/core/errors.ts";
import type { KeptFile, KeptFiles } from "./kept-files.ts";
import type { WholeFileStore } from "./whole-file-store.ts";

/** A file to download, and where verified bytes of it come from. */
export interface FileToKeep {
  readonly file: KeptFile;
  readonly source: ByteSource;
  /** When a segment is wanted, among those of all files: the lowest first. */
  rankOf(segment: number): number;
}

/** What a download needs and tells. */
export interface DownloadOptions {
  readonly store: WholeFileStore;
  readonly kept: KeptFiles;
  /** Called after every segment with the bytes that are kept by now, of all files. */
  readonly onKept: (bytes: number) => void;
}

/** Neighbouring segments in one request, at most: large requests are few, and few stay below a host's limits. */
const MOST_SEGMENTS_PER_READ = 4;
/** Reads at once. More would only hold more memory: each is up to some megabytes. */
const READS_AT_ONCE = 4;

/**
 * Downloads what is missing of `files` and keeps it, segment by segment: whatever ends it, what is kept is kept, and the next
 * download goes on from there.
 *
 * @throws AppError `storage-full` where there is no room, or what the sources throw; an AbortError after `signal`
 */
export async function downloadFiles(
  files: readonly FileToKeep[],
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const reads = files.flatMap((file) => planReads(file, options.kept));
  reads.sort((a, b) => a.rankOf(a.first) - b.rankOf(b.first));
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const work = async () => {
    for (let read = reads.shift(); read !== undefined; read = reads.shift()) {
      either.throwIfAborted();
      await keep(read, options, either);
    }
  };
  const working = Array.from({ length: READS_AT_ONCE }, work);
  try {
    await Promise.all(working);
  } finally {
    // The first failure ends the other readers too; what one is just writing must not open a file again that was let go of.
    ended.abort();
    await Promise.allSettled(working);
    await options.store.settle();
  }
}

/** Neighbouring segments of one file: [first, end). */
interface SegmentRead extends FileToKeep {
  readonly first: number;
  readonly end: number;
}

function planReads(wanted: FileToKeep, kept: KeptFiles): SegmentRead[] {
  const { file } = wanted;
  const reads: SegmentRead[] = [];
  for (let segment = 0; segment < file.segments.count; segment++) {
    if (kept.has(file, segment)) continue;
    const last = reads.at(-1);
    if (
      last !== undefined &&
      last.end === segment &&
      segment - last.first < MOST_SEGMENTS_PER_READ
    ) {
      reads[reads.length - 1] = { ...last, end: segment + 1 };
    } else reads.push({ ...wanted, first: segment, end: segment + 1 });
  }
  return reads;
}

async function keep(
  { file, source, first, end }: SegmentRead,
  { store, kept, onKept }: DownloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const { start } = file.segments.range(first);
  const bytes = await source.read({ start, end: file.segments.range(end - 1).end }, signal);
  for (let segment = first; segment < end; segment++) {
    signal.throwIfAborted();
    const range = file.segments.range(segment);
    try {
      await store.write(file, segment, bytes.slice(range.start - start, range.end - start));
    } catch (cause) {
      // Also an AbortError is a failure here: it is what IndexedDB says of a transaction that the browser ended.
      const isFull = cause instanceof DOMException && cause.name === "QuotaExceededError";
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new AppError(isFull ? { code: "storage-full" } : { code: "storage-failed", why }, {
        cause,
      });
    }
    kept.add(file, segment);
    onKept(kept.bytes());
  }
}
