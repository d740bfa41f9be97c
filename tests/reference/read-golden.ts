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
