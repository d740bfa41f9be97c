import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";

/** What make_goldens.py recorded of one model. */
export interface ClipGolden {
  /** SHA-256 of the model.safetensors and the adapter_model.safetensors that the golden was made from. */
  readonly weights: string;
  readonly adapter: string;
  readonly texts: readonly string[];
  readonly tokenIds: readonly (readonly number[])[];
  /** A golden tensor by name, such as "whole.0.base". */
  tensor(name: string): Float32Array<ArrayBuffer>;
}

/** What make_seeded_goldens.py recorded of a model with seeded weights. */
export interface SeededGolden {
  readonly seed: number;
  /** Width, height and seed of every formula picture. */
  readonly pictures: readonly (readonly [width: number, height: number, seed: number])[];
  readonly texts: readonly string[];
  readonly tokenIds: readonly (readonly number[])[];
  /** SHA-256 of adapter_model.safetensors, where the adapter is not a seeded one. */
  readonly adapter?: string;
  /** A golden tensor by name, such as "whole.0.base". */
  tensor(name: string): Float32Array<ArrayBuffer>;
}

/** Path of a file or folder under tests/reference/. */
export function referencePath(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Reads a file under tests/reference/. */
function readReference(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(referencePath(name)));
}

/** Reads goldens/`name`.json, and goldens/`name`.safetensors as a function from a tensor's name to its values. */
function readGolden<Meta>(name: string): Meta & Pick<ClipGolden, "tensor"> {
  const meta = JSON.parse(readFileSync(referencePath(`goldens/${name}.json`), "utf8")) as Meta;
  const file = `goldens/${name}.safetensors`;
  const tensors = parseSafetensors(readReference(file), file);
  return {
    ...meta,
    tensor(key) {
      const tensor = tensors.get(key);
      if (tensor === undefined) throw new Error(`${file} has no ${key}`);
      return readTensor(tensor);
    },
  };
}

/** Reads the goldens of the model `name`. */
export function readClipGolden(name: string): ClipGolden {
  return readGolden<Omit<ClipGolden, "tensor">>(name);
}

/** Reads the goldens `name` of a model with seeded weights. */
export function readSeededGolden(name: string): SeededGolden {
  return readGolden<Omit<SeededGolden, "tensor">>(name);
}

/** 1 − cosine of two vectors. */
function cosineDistance(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? Number.NaN;
    const y = b[i] ?? Number.NaN;
    product += x * y;
    aa += x * x;
    bb += y * y;
  }
  return 1 - product / Math.sqrt(aa * bb);
}

/** The greatest cosine distance between corresponding rows of two matrices of `dim` columns. */
export function worstCosineDistance(a: Float32Array, b: Float32Array, dim: number): number {
  let worst = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let start = 0; start < a.length; start += dim) {
    const distance = cosineDistance(a.subarray(start, start + dim), b.subarray(start, start + dim));
    worst = Math.max(worst, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return worst;
}

/**
 * The greatest difference between two maps, relative to the greatest magnitude of the first. A map without evidence is all
 * zero, and only an equal one is right.
 */
export function relativeMapError(expected: Float32Array, actual: Float32Array): number {
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => {
    const difference = Math.abs(value - (actual[i] ?? Number.NaN));
    const error = difference === 0 ? 0 : difference / greatest;
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }, 0);
}
