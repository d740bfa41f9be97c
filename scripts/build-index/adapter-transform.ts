import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  createLowRankTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { conditionNumber } from "../../src/core/model/condition-number.ts";
import { fingerprintAdapter } from "../../src/core/model/fingerprint.ts";
import { type LowRankUpdate, readLoraAdapter } from "../../src/core/model/lora.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import { openSafetensors } from "../../src/core/model/safetensors.ts";
import { readTextTensors } from "../../src/core/model/text-tensors.ts";
import { adaptedTextTransform } from "../../src/core/model/text-transform.ts";
import { lazyFileSource } from "../build-model/folder-files.ts";
import { BuildError } from "./build-error.ts";

/** What an adapter does to text vectors. */
export interface TextAdapter {
  /** Of the adapter. */
  readonly fingerprint: string;
  readonly transform: LowRankTransform;
  /** Condition number of the text projection W. */
  readonly conditionNumber: number;
}

/** What a pack says of the text vectors that its model makes. */
export interface PackTexts {
  readonly fingerprint: string;
  readonly dim: number;
  readonly adapter: TextAdapter | null;
}

/** Folders that ArteFact's repositories keep the adapter in. */
const ADAPTER_FOLDERS = ["", "PaintingClip", "PaintingCLIP", "adapter"];
const ADAPTER_CONFIG = "adapter_config.json";
const ADAPTER_WEIGHTS = "adapter_model.safetensors";
/** W [dim × width] as transformers keeps it, and Wᵀ [width × dim] as open_clip does. */
const OUTPUT_MAJOR = "text_projection.weight";
const INPUT_MAJOR = "text_projection";

/**
 * Reads what a pack says of its text vectors, without opening its graphs.
 *
 * @throws BuildError where it has no text part; AppError where it is no pack
 */
export async function readPackTexts(folder: string): Promise<PackTexts> {
  const { manifest, tensors } = await readPack(folder);
  const { fingerprint, dim, adapter } = manifest;
  const { textUpdate, textProjection } = tensors;
  const ofTexts =
    textUpdate === null || adapter === null
      ? null
      : makeAdapter(textProjection.base, textUpdate, dim, adapter.fingerprint);
  return { fingerprint, dim, adapter: ofTexts };
}

/**
 * Reads a PEFT adapter and the text projection that it changes.
 *
 * @param folder of the adapter, or one that holds it
 * @param projectionPlace a safetensors file with the model's text projection, or a pack
 * @param dim numbers of a text vector
 * @throws BuildError where a file is missing or does not fit; AppError `weights-invalid` for an adapter of another kind
 */
export async function readTextAdapter(
  folder: string,
  projectionPlace: string,
  dim: number,
  signal: AbortSignal,
): Promise<TextAdapter> {
  const home = await findAdapter(folder);
  const config = await readJson(join(home, ADAPTER_CONFIG));
  const source = await lazyFileSource(join(home, ADAPTER_WEIGHTS), ADAPTER_WEIGHTS);
  const store = await openSafetensors(source, ADAPTER_WEIGHTS, signal);
  const base = await readProjection(projectionPlace, dim, signal);
  const width = base.length / dim;
  const visual = [...store.shapes].find(([name]) => /visual_projection\.lora_A/.test(name));
  const shapes = {
    visual_projection: { outputs: dim, inputs: visual?.[1][1] ?? width },
    text_projection: { outputs: dim, inputs: width },
  };
  const adapter = await readLoraAdapter(config, store, shapes, signal);
  const update = adapter.get("text_projection");
  if (update === undefined) throw new BuildError(`${home} leaves the text projection alone`);
  const digest = () => {
    const hash = createHash("sha256");
    return {
      update: (bytes: Uint8Array) => void hash.update(bytes),
      hex: () => hash.digest("hex"),
    };
  };
  return makeAdapter(base, update, dim, fingerprintAdapter(adapter, digest));
}

function makeAdapter(
  base: Float32Array,
  update: LowRankUpdate,
  dim: number,
  fingerprint: string,
): TextAdapter {
  const { left, right, rank } = adaptedTextTransform(base, update, dim);
  return {
    fingerprint,
    transform: createLowRankTransform(dim, rank, left, right),
    conditionNumber: conditionNumber(base, dim),
  };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BuildError(`${path} is not JSON`, { cause });
  }
}

async function readPack(folder: string) {
  const manifest = parsePackManifest(await readJson(join(folder, MANIFEST_FILE)));
  const { text } = manifest;
  if (text === null) {
    throw new BuildError(
      `the pack ${manifest.packId} has no text part: build it without --vision-only`,
    );
  }
  const bytes = new Uint8Array(await readFile(join(folder, PACK_FILES.textTensors)));
  return { manifest, tensors: readTextTensors(bytes, { ...manifest, text }) };
}

/**
 * The files of a PEFT adapter.
 *
 * @param folder of the adapter, or one that holds it
 * @throws BuildError where there is none
 */
export async function adapterFiles(folder: string): Promise<readonly string[]> {
  const home = await findAdapter(folder);
  return [join(home, ADAPTER_CONFIG), join(home, ADAPTER_WEIGHTS)];
}

async function findAdapter(folder: string): Promise<string> {
  for (const name of ADAPTER_FOLDERS) {
    const home = join(folder, name);
    const found = await stat(join(home, ADAPTER_CONFIG)).catch(() => null);
    if (found?.isFile() === true) return home;
  }
  throw new BuildError(`${folder} has no ${ADAPTER_CONFIG}`);
}

/** The text projection as Wᵀ [width × dim]. */
async function readProjection(
  place: string,
  dim: number,
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const entry = await stat(place).catch(() => null);
  if (entry === null) throw new BuildError(`${place} is not there`);
  if (entry.isDirectory()) return (await readPack(place)).tensors.textProjection.base;
  const store = await openSafetensors(await lazyFileSource(place, place), place, signal);
  const name = [OUTPUT_MAJOR, INPUT_MAJOR].find((known) => store.shapes.has(known));
  const shape = name === undefined ? undefined : store.shapes.get(name);
  if (name === undefined || shape === undefined) {
    throw new BuildError(`${place} has neither ${OUTPUT_MAJOR} nor ${INPUT_MAJOR}`);
  }
  const outputs = name === OUTPUT_MAJOR ? shape[0] : shape[1];
  if (shape.length !== 2 || outputs !== dim) {
    throw new BuildError(
      `${name} of ${place} is [${shape.join()}], the vectors have ${dim} numbers`,
    );
  }
  const values = await store.read(name, signal);
  if (name === INPUT_MAJOR) return values;
  const width = values.length / dim;
  const turned = new Float32Array(values.length);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j < width; j++) turned[j * dim + i] = values[i * width + j] ?? 0;
  }
  return turned;
}
