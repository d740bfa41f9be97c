/** A half-open byte range `[start, end)` of one file. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Anything that bytes can be read from: a file, a URL, a cache in front of either, a test double.
 * `read` returns exactly `end - start` bytes or throws an `AppError`.
 */
export interface ByteSource {
  /** Names the content (for a published file: its content hash), so that a cache can never mix editions. */
  readonly key: string;
  /** Length of the whole in bytes. */
  readonly size: number;
  read(range: ByteRange, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}
