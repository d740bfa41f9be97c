/** A dense float32 tensor, row-major. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Tensors by the names that a graph gives to its inputs or outputs. */
export type NamedTensors = Readonly<Record<string, FloatTensor>>;

/**
 * One loaded graph, whatever runtime and provider stand behind it. All inputs and outputs are float32. Outputs belong to
 * the caller: a later run must not change them.
 */
export interface Session {
  run(feeds: NamedTensors): Promise<NamedTensors>;
}
