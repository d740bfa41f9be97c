/** The named tensors of one file, read one at a time, so that a model is never whole in memory. */
export interface TensorStore {
  /** The file's name, for messages. */
  readonly file: string;
  /** All names with their shapes. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /**
   * Reads one tensor as float32, in a new array.
   *
   * @throws AppError `weights-invalid` where the file lacks it; what the bytes' source throws
   */
  read(name: string, signal: AbortSignal): Promise<Float32Array<ArrayBuffer>>;
}
