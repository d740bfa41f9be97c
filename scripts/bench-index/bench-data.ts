import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSafetensors, readTensor } from "../../src/core/model/safetensors.ts";
import { CORPUS_FILES } from "../bench-scale/corpus/generate-corpus.ts";
import type { BenchData } from "./method.ts";

/** Reads what `generate:corpus` wrote. The rows have to fit into memory. */
export async function readBenchData(corpus: string, queries: number): Promise<BenchData> {
  const { dim, vectors: rows } = await readVectors(join(corpus, CORPUS_FILES.embeddings));
  const read = async (name: string) => (await readVectors(join(corpus, name))).vectors;
  return {
    dim,
    rows,
    images: (await read(CORPUS_FILES.images)).slice(0, queries * dim),
    texts: (await read(CORPUS_FILES.texts)).slice(0, queries * dim),
  };
}

/** Reads the tensor "embeddings" [count × dim] of a safetensors file. */
export async function readVectors(
  path: string,
): Promise<{ readonly dim: number; readonly vectors: Float32Array<ArrayBuffer> }> {
  const tensor = parseSafetensors(new Uint8Array(await readFile(path)), path).get("embeddings");
  const dim = tensor?.shape[1];
  if (tensor === undefined || dim === undefined) throw new TypeError(`${path} has no embeddings`);
  return { dim, vectors: readTensor(tensor) };
}
