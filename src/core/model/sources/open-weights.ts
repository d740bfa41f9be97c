import { AppError } from "../../errors.ts";
import type { Tower } from "../canonical.ts";
import { openSafetensors } from "../safetensors.ts";
import type { TensorStore } from "../tensor-store.ts";
import type { FileSet } from "./file-set.ts";
import { joinStores, openShards, SHARD_INDEX_FILE } from "./join-stores.ts";
import { type OnnxClip, readOnnxClip, type TowerFacts } from "./onnx-clip.ts";
import { openOnnx } from "./onnx-file.ts";
import { isOpenClip, readOpenClip } from "./open-clip.ts";

/** The weights of a model under canonical names, and where they came from. */
export interface OpenedWeights {
  readonly layout: "transformers" | "open_clip" | "onnx";
  readonly store: TensorStore;
  /** What an ONNX graph tells of each tower, with its file's name. */
  readonly facts: ReadonlyMap<Tower, TowerFacts & { readonly file: string }>;
}

/** Files that hold a whole model, best first; others are taken by their content. */
const PREFERRED = [
  "model.safetensors",
  "open_clip_model.safetensors",
  "open_clip_pytorch_model.safetensors",
];
/** Endings of files that should hold weights. */
const WEIGHTS_NAME = /\.(?:safetensors|onnx)$/;
const SHARD_NAME = /-\d{5}-of-\d{5}\.safetensors$/;
const TOWERS: readonly Tower[] = ["vision", "text"];
const NO_FACTS: OpenedWeights["facts"] = new Map();

function invalid(file: string, why: string): AppError {
  return new AppError({ code: "weights-invalid", file, why });
}

/** Places a file's name in {@link PREFERRED}; unknown ones last. */
function rank(name: string): number {
  const place = PREFERRED.indexOf(name);
  return place === -1 ? PREFERRED.length : place;
}

/** Whole before half, one tower before both, so that the file that holds least besides is read. */
function onnxRank(name: string): number {
  return (/(?:fp16|f16|half)/i.test(name) ? 1 : 0) + (/^(?:vision|text)_model/.test(name) ? 0 : 2);
}

function isAdapter(store: TensorStore): boolean {
  return [...store.shapes.keys()].some((name) => name.includes(".lora_"));
}

async function openSafetensorsSet(
  files: FileSet,
  names: readonly string[],
  signal: AbortSignal,
): Promise<OpenedWeights | null> {
  const named = (store: TensorStore): OpenedWeights => {
    if (isOpenClip(store.shapes.keys())) {
      return { layout: "open_clip", store: readOpenClip(store), facts: NO_FACTS };
    }
    if (!TOWERS.some((tower) => hasTower(store, tower))) {
      const [first = "nothing"] = store.shapes.keys();
      throw invalid(store.file, `is of another architecture than CLIP: it holds ${first}`);
    }
    return { layout: "transformers", store, facts: NO_FACTS };
  };
  if (files.has(SHARD_INDEX_FILE)) {
    const json = await files.json(SHARD_INDEX_FILE, signal);
    const open = (name: string) => {
      const why = `is missing, which ${SHARD_INDEX_FILE} names`;
      return openSafetensors(files.source(name, why), name, signal);
    };
    return named(await openShards(json, open));
  }
  const sorted = [...names].sort((a, b) => rank(a) - rank(b));
  for (const name of sorted) {
    const store = await openSafetensors(files.source(name), name, signal);
    if (isAdapter(store)) continue;
    if (SHARD_NAME.test(name)) throw invalid(SHARD_INDEX_FILE, `is missing, which joins ${name}`);
    return named(store);
  }
  return null;
}

/** The tower that a file's name speaks of, where it does of one alone. */
function namedTower(file: string): Tower | null {
  const named = TOWERS.filter((tower) => file.includes(tower));
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** Takes each tower from the best file that has it; a file that is refused matters only where no other has its tower. */
async function openOnnxSet(
  files: FileSet,
  names: readonly string[],
  signal: AbortSignal,
): Promise<OpenedWeights | null> {
  const chosen = new Map<Tower, OnnxClip>();
  const refusals: { readonly tower: Tower | null; readonly error: AppError }[] = [];
  for (const name of [...names].sort((a, b) => onnxRank(a) - onnxRank(b))) {
    if (chosen.size === TOWERS.length) break;
    let clip: OnnxClip;
    try {
      clip = readOnnxClip(await openOnnx(files.source(name), name, signal));
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      refusals.push({ tower: namedTower(name), error });
      continue;
    }
    for (const tower of TOWERS) {
      if (!chosen.has(tower) && hasTower(clip.store, tower)) chosen.set(tower, clip);
    }
  }
  for (const { tower, error } of refusals) {
    const isMissed = tower === null ? chosen.size < TOWERS.length : !chosen.has(tower);
    if (isMissed) throw error;
  }
  const [first] = names;
  if (chosen.size === 0) {
    if (first === undefined) return null;
    throw invalid(
      first,
      "is of another architecture than transformers' CLIP, or its names were removed: no tensor is called vision_model.… or text_model.…",
    );
  }
  const clips = [...new Set(chosen.values())];
  const [only] = clips;
  const store =
    clips.length === 1 && only !== undefined
      ? only.store
      : joinStores([...chosen].map(([tower, clip]) => ofTower(clip.store, tower)));
  const facts = new Map(
    [...chosen].map(([tower, clip]) => {
      const found = clip.facts.get(tower) ?? { epsilon: null, headWidth: null };
      return [tower, { ...found, file: clip.store.file }];
    }),
  );
  return { layout: "onnx", store, facts };
}

function belongsTo(name: string, tower: Tower): boolean {
  return (
    name.startsWith(`${tower}_model.`) ||
    name === `${tower === "vision" ? "visual" : "text"}_projection.weight`
  );
}

function hasTower(store: TensorStore, tower: Tower): boolean {
  return [...store.shapes.keys()].some((name) => belongsTo(name, tower));
}

function ofTower(store: TensorStore, tower: Tower): TensorStore {
  const shapes = new Map([...store.shapes].filter(([name]) => belongsTo(name, tower)));
  return { ...store, shapes };
}

/**
 * Finds a model's weights among files, by their content.
 *
 * @throws AppError `weights-invalid` where there are none, or those that are there cannot be used
 */
export async function openWeights(files: FileSet, signal: AbortSignal): Promise<OpenedWeights> {
  const safetensors: string[] = [];
  const onnx: string[] = [];
  const archives: string[] = [];
  for (const name of files.names) {
    const kind = await files.kind(name, signal);
    if (kind === "safetensors") safetensors.push(name);
    if (kind === "onnx") onnx.push(name);
    if (kind === "archive") archives.push(name);
  }
  const opened =
    (await openSafetensorsSet(files, safetensors, signal)) ??
    (await openOnnxSet(files, onnx, signal));
  if (opened !== null) return opened;
  const [adapter] = safetensors;
  if (adapter !== undefined) {
    throw invalid(adapter, "is an adapter alone: add the weights of the model that it belongs to");
  }
  for (const name of files.names) {
    if (!WEIGHTS_NAME.test(name) || archives.includes(name)) continue;
    const start = await files.start(name, signal);
    throw invalid(
      name,
      start.startsWith("version https://git-l")
        ? "is a pointer of Git LFS: take the file that it stands for"
        : `is neither safetensors nor ONNX: it begins with ${JSON.stringify(start)}`,
    );
  }
  const [archive] = archives;
  if (archive !== undefined) {
    throw invalid(
      archive,
      "is a PyTorch archive, which can run code when it is opened: take the same weights as safetensors or ONNX",
    );
  }
  throw invalid(
    "model.safetensors",
    "no weights: neither safetensors nor ONNX (vision_model.onnx, text_model.onnx) among the files",
  );
}
