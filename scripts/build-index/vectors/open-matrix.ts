import { mergeRanges } from "../../../src/core/bytes/ranges.ts";
import { isAppError } from "../../../src/core/errors.ts";
import { fromHalves } from "../../../src/core/model/half.ts";
import { locateTensors, ownBuffer } from "../../../src/core/model/safetensors.ts";
import type { Rows } from "../arithmetic.ts";
import { BuildError } from "../build-error.ts";
import type { Input } from "./open-input.ts";

/** Name of the tensor in ArteFact's published files. */
const TENSOR = "embeddings";
const BYTES_PER_NUMBER = { F32: 4, F16: 2 } as const;
/** Rows whose gap is at most so large are read together, and so much at once. */
export const GAP_BYTES = 1 << 16;
const MOST_BYTES = 1 << 28;
/** A server is not asked for more parts than this for one batch of rows, unless each of them holds many. */
const MOST_REMOTE_RANGES = 256;
const MANY_ROWS = 64;

/** A tensor `embeddings` [count × dim] that is read by its rows. */
export interface MatrixFile {
  readonly count: number;
  readonly dim: number;
  readonly type: "f32" | "f16";
  /** Address of the file, or null, and where its numbers begin: for readers that ask for its rows. */
  readonly url: string | null;
  readonly start: number;
  readonly name: string;
  /** Reads the listed rows of the file, in the order of the list, into the first places of `target`. */
  read(list: Uint32Array, target: Rows, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the tensor `embeddings` of a safetensors file without reading it.
 *
 * @throws BuildError where it is missing, of another shape or type, or the file is cut off
 */
export async function openMatrix(input: Input, signal: AbortSignal): Promise<MatrixFile> {
  const { name } = input;
  const tensors = await locateTensors(input, name, signal).catch((cause: unknown) => {
    if (!isAppError(cause, "weights-invalid")) throw cause;
    throw new BuildError(`${name} cannot be read as safetensors: ${cause.detail.why}`, { cause });
  });
  const tensor = tensors.get(TENSOR);
  if (tensor === undefined) throw new BuildError(`${name} has no tensor "${TENSOR}"`);
  const [count, dim] = tensor.shape;
  if (tensor.shape.length !== 2 || !count || !dim) {
    throw new BuildError(`${name}: "${TENSOR}" has shape [${tensor.shape.join()}]`);
  }
  if (tensor.type !== "F32" && tensor.type !== "F16") {
    throw new BuildError(`${name}: "${TENSOR}" has numbers of type ${tensor.type}`);
  }
  const type = tensor.type;
  const rowBytes = dim * BYTES_PER_NUMBER[type];

  const read = async (list: Uint32Array, target: Rows, within: AbortSignal) => {
    const ranges = Array.from(list, (row) => {
      const start = tensor.start + row * rowBytes;
      return { start, end: start + rowBytes };
    });
    const merged = mergeRanges(ranges, GAP_BYTES, MOST_BYTES);
    const mostRanges = Math.max(MOST_REMOTE_RANGES, list.length / MANY_ROWS);
    if (input.isRemote && merged.length > mostRanges) {
      throw new BuildError(
        `The rows of ${input.place} lie in quite another order than the sentences: download it, and give its path.`,
      );
    }
    for (const range of merged) {
      const bytes = await input.read(range, within);
      const buffer = ownBuffer(bytes);
      const values =
        type === "F32" ? new Float32Array(buffer) : fromHalves(new Uint16Array(buffer));
      const places = range.members;
      const first = places[0] ?? 0;
      const isRun = places.every((place, i) => place === first + i);
      if (isRun && values.length === places.length * dim) {
        target.values.set(values, first * dim);
        continue;
      }
      for (const place of places) {
        const at = ((ranges[place]?.start ?? 0) - range.start) / BYTES_PER_NUMBER[type];
        target.values.set(values.subarray(at, at + dim), place * dim);
      }
    }
  };
  return {
    count,
    dim,
    type: type === "F32" ? "f32" : "f16",
    url: input.isRemote ? input.place : null,
    start: tensor.start,
    name,
    read,
    close: () => input.close(),
  };
}
