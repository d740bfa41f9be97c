import { AppError } from "../errors.ts";
import { parseSafetensors, type StoredTensor } from "./safetensors.ts";

/** Names of the tensors that a pack holds outside of its graphs, by file. */
export const VISION_TENSORS = {
  projection: { base: "visual_projection.base", adapted: "visual_projection.adapted" },
  update: { down: "visual_projection.lora_down", up: "visual_projection.lora_up" },
  positions: "vision_position_embedding",
} as const;
export const TEXT_TENSORS = {
  projection: { base: "text_projection.base", adapted: "text_projection.adapted" },
  update: { down: "text_projection.lora_down", up: "text_projection.lora_up" },
  positions: "text_position_embedding",
  tokens: "token_embedding",
  tokenScales: "token_embedding.scales",
} as const;

/** A safetensors file of a pack. */
export interface PackTensorFile {
  /** Tells whether there is a tensor of that name. */
  has(name: string): boolean;
  /** Gives a tensor, or throws `pack-corrupt` where there is none of that shape. */
  find(name: string, shape: readonly number[]): StoredTensor;
}

/**
 * Opens a safetensors file of a pack.
 *
 * @throws AppError `weights-invalid` for a broken file
 */
export function openPackTensors(bytes: Uint8Array<ArrayBuffer>, file: string): PackTensorFile {
  const stored = parseSafetensors(bytes, file);
  return {
    has: (name) => stored.has(name),
    find(name, shape) {
      const tensor = stored.get(name);
      if (tensor?.shape.join() === shape.join()) return tensor;
      const found = tensor === undefined ? "missing" : `[${tensor.shape.join()}]`;
      const why = `${name} is ${found} in place of [${shape.join()}]`;
      throw new AppError({ code: "pack-corrupt", file, why });
    },
  };
}
