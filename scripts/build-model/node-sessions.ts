import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PreTrainedTokenizer } from "@huggingface/transformers";
import * as ort from "onnxruntime-web";
import { AppError } from "../../src/core/errors.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  type PackManifest,
  parsePackManifest,
  type TextShape,
} from "../../src/core/model/pack-manifest.ts";
import type { ExternalData } from "../../src/core/model/pack-output.ts";
import { toPatches } from "../../src/core/model/patches.ts";
import { createReferenceTokenizer } from "../../src/core/model/reference-tokenizer.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision, type VisionResult } from "../../src/core/model/run-vision.ts";
import type { FloatTensor, Session } from "../../src/core/model/session.ts";
import { readTextTensors, type TextTensors } from "../../src/core/model/text-tensors.ts";
import { readVisionTensors, type VisionTensors } from "../../src/core/model/vision-tensors.ts";
import type { ModelVariant } from "../../src/core/protocol.ts";
import { createKernelText } from "../../src/core/tower/kernel-text.ts";
import { createKernelVision } from "../../src/core/tower/kernel-vision.ts";
import { openNodeKernel } from "./node-kernel.ts";

/** A model pack at work in Node: the same graphs, tables and arithmetic as in the page, on the WASM provider. */
export interface NodeEncoder {
  readonly manifest: PackManifest;
  readonly tensors: VisionTensors;
  /** The tables of the text tower; null in a pack without one. */
  readonly textTensors: TextTensors | null;
  /** Embeds a picture given as interleaved 8-bit RGB, [imageSize × imageSize × 3]. */
  encodeImage(rgb: Uint8Array | Uint8ClampedArray, signal: AbortSignal): Promise<VisionResult>;
  /** Embeds a picture given as normalised patches [grid² × 3·p·p]; see `toPatches`. */
  encodePatches(patches: Float32Array, signal: AbortSignal): Promise<VisionResult>;
  /** Token ids of a text, with start and end token. */
  tokenize(text: string): readonly number[];
  /**
   * Embeds texts: unit vectors [texts.length × dim] by variant, in order.
   *
   * @throws AppError `text-tower-missing` where the pack has no text tower; `tokenize` does so too
   */
  encodeTexts(
    texts: readonly string[],
    signal: AbortSignal,
  ): Promise<Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>>;
  /** Embeds texts given as token ids, with start and end token; as `encodeTexts` otherwise. */
  encodeTokens(
    tokenIds: readonly (readonly number[])[],
    signal: AbortSignal,
  ): Promise<Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>>;
}

function toFloats(name: string, tensor: ort.Tensor): FloatTensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new AppError({ code: "session-failed", stage: name, why: `output of ${tensor.type}` });
  }
  return { data: tensor.data, dims: tensor.dims };
}

/**
 * Loads a graph with onnxruntime-web's WASM provider on one thread.
 *
 * @throws AppError `session-failed` where the graph cannot be loaded or run
 */
export async function openNodeSession(
  graph: Uint8Array<ArrayBuffer>,
  name: string,
  weights?: ExternalData,
): Promise<Session & { release(): Promise<void> }> {
  // One thread: Node gives the WASM build no pool of workers, and results stay the same on every machine.
  ort.env.wasm.numThreads = 1;
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(graph, {
      executionProviders: ["wasm"],
      externalData: weights === undefined ? [] : [{ path: weights.name, data: weights.bytes }],
    });
  } catch (error) {
    throw new AppError(
      { code: "session-failed", stage: name, why: String(error) },
      { cause: error },
    );
  }
  return {
    release: () => session.release(),
    async run(feeds) {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([key, { data, dims }]) => [
          key,
          new ort.Tensor("float32", data, dims),
        ]),
      );
      const outputs = await session.run(inputs).catch((error: unknown) => {
        throw new AppError(
          { code: "session-failed", stage: name, why: String(error) },
          { cause: error },
        );
      });
      return Object.fromEntries(
        Object.entries(outputs).map(([key, tensor]) => [key, toFloats(key, tensor)]),
      );
    },
  };
}

/**
 * Makes a tokenizer from the two standard files, without any network.
 *
 * @returns a function from a text to its token ids, with start and end token
 */
export function openNodeTokenizer(
  tokenizer: unknown,
  config: unknown,
): (text: string) => readonly number[] {
  return createReferenceTokenizer(PreTrainedTokenizer, tokenizer, config);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, "utf8"));
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(path));
}

/** What computes a pack in Node: ONNX Runtime, or for packs in 8 bits the kernel that the page uses on the processor. */
export type NodeRuntime = "onnx" | "kernel";

/**
 * Opens a pack folder that `npm run build:model` wrote.
 *
 * @throws AppError `pack-version`, `pack-corrupt`, `weights-invalid` or `session-failed`
 */
export async function openPackInNode(
  folder: string,
  runtime: NodeRuntime = "onnx",
): Promise<NodeEncoder> {
  const manifest = parsePackManifest(await readJson(join(folder, MANIFEST_FILE)));
  const openGraph = async (name: string, dataFile: string): Promise<Session> =>
    openNodeSession(await readBytes(join(folder, name)), name, {
      name: dataFile,
      bytes: await readBytes(join(folder, dataFile)),
    });
  const readGraph = async (name: string, dataFile: string) => ({
    graph: await readBytes(join(folder, name)),
    weights: { name: dataFile, bytes: await readBytes(join(folder, dataFile)) },
  });
  const { trunk, head } =
    runtime === "onnx"
      ? {
          trunk: await openGraph(PACK_FILES.trunk, PACK_FILES.trunkData),
          head: await openGraph(PACK_FILES.head, PACK_FILES.headData),
        }
      : createKernelVision(
          await openNodeKernel(),
          {
            trunk: await readGraph(PACK_FILES.trunk, PACK_FILES.trunkData),
            head: await readGraph(PACK_FILES.head, PACK_FILES.headData),
          },
          manifest,
        );
  const bytes = await readBytes(join(folder, PACK_FILES.visionTensors));
  const tensors = readVisionTensors(bytes, manifest);
  const openText = async (text: TextShape): Promise<Session> =>
    runtime === "onnx"
      ? openGraph(PACK_FILES.text, PACK_FILES.textData)
      : createKernelText(
          await openNodeKernel(),
          await readGraph(PACK_FILES.text, PACK_FILES.textData),
          text,
        );
  const texts = await openTexts(folder, manifest, openText);
  const encodePatches = (patches: Float32Array, signal: AbortSignal): Promise<VisionResult> =>
    runVision({ trunk, head }, tensors, manifest, patches, signal);
  return {
    manifest,
    tensors,
    ...texts,
    encodePatches,
    encodeImage: (rgb, signal) => encodePatches(toPatches(rgb, manifest), signal),
  };
}

async function openTexts(
  folder: string,
  manifest: PackManifest,
  openText: (text: TextShape) => Promise<Session>,
): Promise<Pick<NodeEncoder, "textTensors" | "tokenize" | "encodeTexts" | "encodeTokens">> {
  const { text } = manifest;
  if (text === null) {
    const missing = (): never => {
      throw new AppError({ code: "text-tower-missing" });
    };
    const encode = async (): Promise<never> => missing();
    return { textTensors: null, tokenize: missing, encodeTexts: encode, encodeTokens: encode };
  }
  const session = await openText(text);
  const bytes = await readBytes(join(folder, PACK_FILES.textTensors));
  const textTensors = readTextTensors(bytes, { ...manifest, text });
  const tokenize = openNodeTokenizer(
    await readJson(join(folder, PACK_FILES.tokenizer)),
    await readJson(join(folder, PACK_FILES.tokenizerConfig)),
  );
  const encodeTokens: NodeEncoder["encodeTokens"] = (tokenIds, signal) =>
    runText(session, textTensors, text, tokenIds, signal);
  return {
    textTensors,
    tokenize,
    encodeTokens,
    encodeTexts: (texts, signal) => encodeTokens(texts.map(tokenize), signal),
  };
}
