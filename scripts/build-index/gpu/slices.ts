/** Rows that are worked on together: enough to keep a large GPU busy, little enough for the memory of a small one. */
const SLICE_ROWS = 16_384;
/** Slices in hand at a time: one computes while the next is uploaded. */
const DEPTH = 2;

/** Rows of a batch. */
export interface Slice {
  readonly first: number;
  readonly count: number;
}

/**
 * Takes a batch apart.
 *
 * @param rowBytes the longest row of any buffer, of which a binding has to hold a slice
 */
export function planSlices(count: number, rowBytes: number, bindingBytes: number): Slice[] {
  const rows = Math.max(1, Math.min(SLICE_ROWS, Math.floor(bindingBytes / rowBytes)));
  return Array.from({ length: Math.ceil(count / rows) }, (_, index) => ({
    first: index * rows,
    count: Math.min(rows, count - index * rows),
  }));
}

/** Works on slices in order, the next one begun before the last one has ended. Ends when all that was begun has ended. */
export async function overSlices(
  slices: readonly Slice[],
  work: (slice: Slice) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const begun: Promise<void>[] = [];
  try {
    for (const slice of slices) {
      signal.throwIfAborted();
      const task = work(slice);
      // Awaited below; until then a failure must not count as unheard.
      task.catch(() => undefined);
      begun.push(task);
      if (begun.length >= DEPTH) await begun[begun.length - DEPTH];
    }
    await Promise.all(begun);
  } finally {
    await Promise.allSettled(begun);
  }
}
