import {
  AutoProcessor,
  CLIPVisionModelWithProjection,
  env,
  RawImage,
} from "@huggingface/transformers";
import { expose } from "comlink";
import glue from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";

/** transformers.js's own way from a picture to its vector, in a worker of a self-hosted page, on WASM. */
export interface Theirs {
  /** @param threads null for what the runtime chooses by itself */
  load(dtype: "fp32" | "fp16" | "q8", threads: number | null): Promise<void>;
  /** The vector of the whole picture, as the model gives it. */
  encode(picture: Blob): Promise<Float32Array>;
}

const MODEL = "clip";
let embed: ((picture: Blob) => Promise<Float32Array>) | null = null;

const theirs: Theirs = {
  async load(dtype, threads) {
    env.allowRemoteModels = false;
    env.allowLocalModels = true;
    env.localModelPath = new URL("/hub/", self.location.href).href;
    env.useBrowserCache = false;
    env.useWasmCache = false;
    const backend = env.backends.onnx.wasm;
    if (backend !== undefined) {
      backend.wasmPaths = {
        mjs: new URL(glue, self.location.href).href,
        wasm: new URL(wasm, self.location.href).href,
      };
      if (threads !== null) backend.numThreads = threads;
    }
    const processor = await AutoProcessor.from_pretrained(MODEL, {});
    const model = await CLIPVisionModelWithProjection.from_pretrained(MODEL, {
      dtype,
      device: "wasm",
    });
    embed = async (picture) => {
      const { image_embeds } = await model(await processor(await RawImage.fromBlob(picture)));
      return Float32Array.from(image_embeds.data);
    };
  },
  encode(picture) {
    if (embed === null) throw new Error("not loaded");
    return embed(picture);
  },
};

expose(theirs);
