import { AppError } from "../errors.ts";
import { type DataType, externalBytes } from "./onnx-graph.ts";

/** Every run of weights begins at a multiple of this many bytes of its data file: a cache line, and any SIMD register. */
const DATA_ALIGNMENT = 64;

/** The next multiple of {@link DATA_ALIGNMENT}. */
export function alignData(offset: number): number {
  return Math.ceil(offset / DATA_ALIGNMENT) * DATA_ALIGNMENT;
}

/** A run of bytes in a data file, and how it is made of the model's tensors. */
export interface WeightRun {
  /** Canonical names of the tensors that it is made of; they are joined in this order. */
  readonly tensors: readonly string[];
  /** Where the run begins in the data file, aligned, and its length, both in bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Makes the run of the joined float32 values. */
  encode(values: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/** One tensor of a run as its graph sees it. */
export interface PlacedTensor {
  readonly type: DataType;
  readonly dims: readonly number[];
}

/** Gives every run of weights of one graph its place in the data file, in the order in which they are asked for. */
export class WeightLayout {
  readonly #runs: WeightRun[] = [];
  #bytes = 0;

  /** The runs so far. */
  get runs(): readonly WeightRun[] {
    return this.#runs;
  }

  /** Length of the data file so far in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds a run of one or more tensors, one aligned part each.
   *
   * @param encode gives the content of the parts, in their order
   * @returns where each part begins in the data file
   */
  add(
    tensors: readonly string[],
    parts: readonly PlacedTensor[],
    encode: (values: Float32Array<ArrayBuffer>) => readonly ArrayBufferView<ArrayBuffer>[],
  ): readonly number[] {
    const start = alignData(this.#bytes);
    let end = start;
    const offsets = parts.map(({ type, dims }) => {
      const offset = alignData(end);
      end = offset + externalBytes(type, dims);
      return offset;
    });
    const bytes = end - start;
    this.#runs.push({
      tensors,
      offset: start,
      bytes,
      encode: (values) => joinParts(encode(values), offsets, start, bytes),
    });
    this.#bytes = end;
    return offsets;
  }
}

function joinParts(
  parts: readonly ArrayBufferView<ArrayBuffer>[],
  offsets: readonly number[],
  start: number,
  bytes: number,
): Uint8Array<ArrayBuffer> {
  const views = parts.map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const [only] = views;
  if (views.length === 1 && only?.length === bytes) return only;
  const run = new Uint8Array(bytes);
  for (const [index, view] of views.entries()) {
    const at = (offsets[index] ?? 0) - start;
    const end = index + 1 < offsets.length ? (offsets[index + 1] ?? 0) - start : bytes;
    if (at + view.length > end) {
      throw new AppError({ code: "invalid-argument", what: "weights that outgrow their place" });
    }
    run.set(view, at);
  }
  return run;
}
