/** A page of WebAssembly memory. */
const PAGE_BYTES = 65_536;
/** Memory grows by at least this much: growing copies nothing, but makes every view anew. */
const LEAST_GROWTH_BYTES = 16 * 1024 * 1024;
/** A SIMD register. */
const ALIGNMENT = 16;

/** A run of bytes in the memory. */
interface Run {
  start: number;
  end: number;
}

/** The whole memory, as bytes and as the numbers that are kept in it at multiples of their size. */
interface MemoryViews {
  readonly u8: Uint8Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
}

/** Hands out runs of bytes in a kernel's memory, which grows as needed. */
export interface Arena {
  /** Address of `bytes` bytes at a multiple of 16, or null where the memory cannot grow any more. */
  allocate(bytes: number): number | null;
  /** Takes back what {@link allocate} gave for that many bytes. */
  free(address: number, bytes: number): void;
  /** Views of the whole memory; good until the next {@link allocate}. */
  views(): MemoryViews;
}

/**
 * Creates an arena over a memory: first fit in a list of free runs, neighbours joined again. Blocks are some tens of kilobytes each, so the
 * list stays short.
 *
 * @param start first address that may be used
 * @param mostBytes how far the memory may grow in all
 */
export function createArena(memory: WebAssembly.Memory, start: number, mostBytes: number): Arena {
  const free: Run[] = [{ start: roundUp(start), end: memory.buffer.byteLength }];
  let views = viewsOf(memory);
  const insert = (run: Run) => {
    let low = 0;
    let high = free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((free[middle]?.start ?? 0) < run.start) low = middle + 1;
      else high = middle;
    }
    const before = free[low - 1];
    const after = free[low];
    const joinsBefore = before !== undefined && before.end === run.start;
    const joinsAfter = after !== undefined && after.start === run.end;
    if (joinsBefore) {
      before.end = joinsAfter ? after.end : run.end;
      if (joinsAfter) free.splice(low, 1);
    } else if (joinsAfter) {
      after.start = run.start;
    } else {
      free.splice(low, 0, run);
    }
  };
  const take = (needed: number): number | null => {
    const index = free.findIndex((run) => run.end - run.start >= needed);
    const run = free[index];
    if (run === undefined) return null;
    const address = run.start;
    run.start += needed;
    if (run.start === run.end) free.splice(index, 1);
    return address;
  };
  const grow = (needed: number): boolean => {
    const size = memory.buffer.byteLength;
    const atEnd = free.at(-1);
    const missing = needed - (atEnd?.end === size ? size - atEnd.start : 0);
    for (const wanted of [Math.max(missing, LEAST_GROWTH_BYTES), missing]) {
      const pages = Math.ceil(wanted / PAGE_BYTES);
      if (size + pages * PAGE_BYTES > mostBytes) continue;
      try {
        memory.grow(pages);
      } catch {
        // The system has no more; a smaller step may still do.
        continue;
      }
      insert({ start: size, end: memory.buffer.byteLength });
      return true;
    }
    return false;
  };
  return {
    allocate(wanted) {
      const needed = Math.max(roundUp(wanted), ALIGNMENT);
      return take(needed) ?? (grow(needed) ? take(needed) : null);
    },
    free(address, wanted) {
      insert({ start: address, end: address + Math.max(roundUp(wanted), ALIGNMENT) });
    },
    views() {
      // A memory that has grown has another buffer, and views of the former one are empty or too short.
      if (views.u8.buffer !== memory.buffer) views = viewsOf(memory);
      return views;
    },
  };
}

function viewsOf({ buffer }: WebAssembly.Memory): MemoryViews {
  return {
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
  };
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
