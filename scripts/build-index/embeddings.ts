import { readFile } from "node:fs/promises";
import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";
import { BuildError, nameSome } from "./build-error.ts";

/** Name of the tensor in ArteFact's published files. */
const TENSOR = "embeddings";

/** Vectors [count × dim], a row for each sentence. */
export interface Embeddings {
  readonly dim: number;
  readonly vectors: Float32Array<ArrayBuffer>;
}

/**
 * Reads `embeddings` [n × dim] from a safetensors file whose rows `idsPath` names (a JSON list of n sentence ids), in the
 * order of `sentenceIds`. Rows of other sentences are passed over.
 *
 * @throws BuildError naming ids that are there twice or missing, or a shape that does not fit
 */
export async function readEmbeddings(
  path: string,
  idsPath: string,
  sentenceIds: readonly string[],
): Promise<Embeddings> {
  const { dim, vectors } = await readMatrix(path);
  const ids: unknown = JSON.parse(await readFile(idsPath, "utf8"));
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) {
    throw new BuildError(`${idsPath} is not a list of ids`);
  }
  if (ids.length * dim !== vectors.length) {
    throw new BuildError(`${ids.length} ids for ${vectors.length / dim} rows`);
  }
  const rowOf = new Map<string, number>();
  const twice: string[] = [];
  ids.forEach((id: string, row) => {
    if (rowOf.has(id)) twice.push(id);
    rowOf.set(id, row);
  });
  if (twice.length > 0) throw new BuildError(`ids twice: ${nameSome(twice)}`);
  const missing = sentenceIds.filter((id) => !rowOf.has(id));
  if (missing.length > 0) throw new BuildError(`no embedding: ${nameSome(missing)}`);
  const ordered = new Float32Array(sentenceIds.length * dim);
  sentenceIds.forEach((id, index) => {
    const start = (rowOf.get(id) ?? 0) * dim;
    ordered.set(vectors.subarray(start, start + dim), index * dim);
  });
  return { dim, vectors: ordered };
}

/**
 * Reads the tensor `embeddings` [n × dim] of a safetensors file; used for image vectors to test with, too.
 *
 * @throws BuildError where it is missing or has another shape
 */
export async function readMatrix(path: string): Promise<Embeddings> {
  const tensors = parseSafetensors(new Uint8Array(await readFile(path)), path);
  const tensor = tensors.get(TENSOR);
  if (tensor === undefined) throw new BuildError(`${path} has no tensor "${TENSOR}"`);
  const [rows, dim] = tensor.shape;
  if (tensor.shape.length !== 2 || rows === undefined || dim === undefined || dim === 0) {
    throw new BuildError(`${path}: "${TENSOR}" has shape [${tensor.shape.join()}]`);
  }
  return { dim, vectors: readTensor(tensor) };
}

/** Lengths within this of 1 count as unit: float16 sources are that exact. */
const UNIT_TOLERANCE = 1e-3;

/**
 * Divides every row by its length, in place.
 *
 * @returns how many rows were not unit vectors before
 * @throws BuildError naming rows that are zero or hold something other than finite numbers
 */
export function normalizeInPlace(
  { vectors, dim }: Embeddings,
  sentenceIds: readonly string[],
): number {
  const unusable: string[] = [];
  let changed = 0;
  sentenceIds.forEach((id, row) => {
    const vector = vectors.subarray(row * dim, (row + 1) * dim);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!Number.isFinite(length) || length === 0) {
      unusable.push(id);
      return;
    }
    if (Math.abs(length - 1) > UNIT_TOLERANCE) changed++;
    vector.forEach((value, i) => {
      vector[i] = value / length;
    });
  });
  if (unusable.length > 0) throw new BuildError(`no direction: ${nameSome(unusable)}`);
  return changed;
}
