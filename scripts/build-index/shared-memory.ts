import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Shared memory that a thread may make or be sent until it gives back what nobody refers to any more: the vectors of one chunk. */
const MOST_UNCOLLECTED_BYTES = 2 ** 26;

let collect: (() => void) | null = null;
/** What this thread has made or been sent since it last collected. */
let uncollected = 0;

/** Memory that threads share, all zeros. */
export function allocateShared(bytes: number): SharedArrayBuffer {
  countShared(bytes);
  return new SharedArrayBuffer(bytes);
}

/**
 * Counts shared memory that this thread makes or was sent, and has its garbage collected after every 64 MiB. V8 counts such memory in
 * no thread (BackingStore::PerIsolateAccountingLength is 0 for it): left alone, the builder would hold every chunk of vectors that it
 * ever read, gigabytes, until something else calls for a collection.
 */
export function countShared(bytes: number): void {
  uncollected += bytes;
  if (uncollected < MOST_UNCOLLECTED_BYTES) return;
  collect ??= exposeCollection();
  collect();
  uncollected = 0;
}

/** V8's own collection. The flag counts for contexts that are made after it was set. */
function exposeCollection(): () => void {
  setFlagsFromString("--expose-gc");
  const exposed: unknown = runInNewContext("gc");
  if (typeof exposed !== "function") throw new TypeError("V8 exposes no collection");
  return () => void exposed();
}
