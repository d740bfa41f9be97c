import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";
import type { TensorStore } from "../../src/core/model/tensor-store.ts";

/** Named tensors in memory as a store; the map is read at every call, so that a test can change it. */
export function memoryStore(
  tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
  >,
  file = "model.safetensors",
): TensorStore {
  return {
    file,
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    read(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) return Promise.reject(new Error(`no tensor ${name}`));
      return Promise.resolve(tensor.data.slice());
    },
  };
}

/** A safetensors file in memory as named tensors. */
export function tensorsOf(
  bytes: Uint8Array<ArrayBuffer>,
): Map<string, { shape: readonly number[]; data: Float32Array<ArrayBuffer> }> {
  return new Map(
    [...parseSafetensors(bytes, "memory")].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, data: readTensor(tensor) },
    ]),
  );
}
