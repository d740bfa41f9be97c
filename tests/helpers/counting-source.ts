import { setMaxListeners } from "node:events";
import type { ByteRange, ByteSource } from "../../src/core/bytes/source.ts";

/** The byte at an offset of every test file: any slice tells where it was cut. */
function byteAt(offset: number): number {
  return (offset * 31 + (offset >> 8) * 7 + (offset >> 16)) & 0xff;
}

/** The bytes of a range of every test file. */
export function bytesOf({ start, end }: ByteRange): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: end - start }, (_, i) => byteAt(start + i));
}

/** A source that records what is asked of it and answers when told to. */
export interface CountingSource extends ByteSource {
  readonly reads: ByteRange[];
  bytes(): number;
  inFlight(): number;
  peak(): number;
  /** Reads that were aborted before they were answered. */
  aborted(): number;
}

export interface CountingOptions {
  readonly size: number;
  /** Called for each read before it is answered; may wait or throw. */
  readonly before?: (range: ByteRange, index: number) => Promise<void> | void;
  readonly answer?: (range: ByteRange, index: number) => Uint8Array<ArrayBuffer>;
}

/** Creates a source of `size` bytes given by {@link byteAt}. */
export function createCountingSource(options: CountingOptions): CountingSource {
  const reads: ByteRange[] = [];
  let inFlight = 0;
  let peak = 0;
  let aborted = 0;
  return {
    key: "counting",
    size: options.size,
    reads,
    bytes: () => reads.reduce((sum, { start, end }) => sum + end - start, 0),
    inFlight: () => inFlight,
    peak: () => peak,
    aborted: () => aborted,
    async read(range, signal) {
      const index = reads.push({ ...range }) - 1;
      inFlight++;
      peak = Math.max(peak, inFlight);
      let stop: (() => void) | undefined;
      const isAborted = new Promise<never>((_, reject) => {
        stop = () => {
          aborted++;
          reject(signal.reason);
        };
        signal.addEventListener("abort", stop);
      });
      try {
        await Promise.race([isAborted, Promise.resolve(options.before?.(range, index))]);
        return options.answer?.(range, index) ?? bytesOf(range);
      } finally {
        inFlight--;
        if (stop !== undefined) signal.removeEventListener("abort", stop);
      }
    },
  };
}

/** A promise and the functions that settle it. */
export interface Gate {
  readonly opened: Promise<void>;
  open(): void;
  fail(error: unknown): void;
}

/** Creates a gate that a test opens when it likes. */
export function createGate(): Gate {
  let open: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { opened, open, fail };
}

/** Lets everything that is ready run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** A signal that never aborts. */
export function neverAborted(): AbortSignal {
  const { signal } = new AbortController();
  // A search waits for dozens of reads at once; Node suspects a leak from the eleventh on.
  setMaxListeners(0, signal);
  return signal;
}
