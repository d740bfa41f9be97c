import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MANIFEST_FILE, type WeightStorage } from "../../src/core/model/pack-manifest.ts";
import { BuildError } from "../build-index/build-error.ts";
import { explainError } from "./explain-error.ts";
import { digestOfInputs } from "./inputs-digest.ts";

/** Keeps the digest of what a pack was built from, beside its files. */
const STAMP_FILE = ".built-from";
const USAGE = `Builds a model pack for the page from the weights of a CLIP model.

  npm run build:model -- --weights <folder or URL> --out <folder>
    [--adapter <folder or URL>]  a peft LoRA adapter of the two projections
    [--storage q8|f16|f32]       how the weights are kept; q8 by default
    [--vision-only]              without the text tower: pictures, no phrases
    [--name <text>]              the model's name for people; "CLIP" by default
    [--base-name <text>]         name of the variant without the adapter
    [--adapted-name <text>]      name of the variant with the adapter
    [--if-changed]               do nothing where the pack was built from exactly these files

The weights may be safetensors in transformers' layout (also in shards) or with open_clip's names, or ONNX exports
(vision_model.onnx, text_model.onnx, float32 or half precision). A URL is the folder that holds the files.`;

function isStorage(value: string): value is WeightStorage {
  return value === "q8" || value === "f16" || value === "f32";
}

/** What the command line asks for. */
function readArguments() {
  const { values } = parseArgs({
    options: {
      weights: { type: "string" },
      adapter: { type: "string" },
      out: { type: "string" },
      storage: { type: "string", default: "q8" },
      "vision-only": { type: "boolean", default: false },
      name: { type: "string", default: "CLIP" },
      "base-name": { type: "string", default: "Base" },
      "adapted-name": { type: "string", default: "Adapted" },
      "if-changed": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const { weights, out, storage } = values;
  if (weights === undefined) throw new BuildError(`--weights is missing.\n\n${USAGE}`);
  if (out === undefined) throw new BuildError(`--out is missing.\n\n${USAGE}`);
  if (!isStorage(storage)) throw new BuildError(`--storage ${storage} is none of q8, f16, f32.`);
  return { ...values, weights, storage, out: resolve(out) };
}

type Arguments = ReturnType<typeof readArguments>;

/** The digest of everything that the pack depends on, or null where a part of it lies on a server. */
function stampOf(values: Arguments): string | null {
  const { weights, adapter, storage, name } = values;
  const places = adapter === undefined ? [weights] : [weights, adapter];
  if (places.some((place) => /^https?:/.test(place))) return null;
  const isVisionOnly = String(values["vision-only"]);
  const names = [name, values["base-name"], values["adapted-name"]];
  return digestOfInputs([storage, isVisionOnly, ...names], places);
}

function isCurrent(out: string, stamp: string): boolean {
  const file = join(out, STAMP_FILE);
  return (
    existsSync(join(out, MANIFEST_FILE)) && existsSync(file) && readFileSync(file, "utf8") === stamp
  );
}

async function build(values: Arguments, stamp: string | null, signal: AbortSignal): Promise<void> {
  // The runtime takes a second to load, and most builds find nothing to do.
  const { readPackSources } = await import("./read-sources.ts");
  const { packBytes, requireSpace } = await import("./disk-space.ts");
  const { showProgress } = await import("./terminal-progress.ts");
  const { weightBytes, writePack } = await import("./write-pack.ts");
  const { weights, adapter, storage, out } = values;
  const started = performance.now();
  const temporary = await mkdtemp(join(tmpdir(), "build-model-"));
  try {
    const sources = await readPackSources(weights, adapter ?? null, signal, {
      temporary,
      prefersHalves: storage !== "f32",
      visionOnly: values["vision-only"],
    });
    await requireSpace(dirname(out), packBytes(sources, storage));
    const options = {
      storage,
      name: values.name,
      baseName: values["base-name"],
      adaptedName: values["adapted-name"],
    };
    const progress = showProgress(process.stderr, weightBytes(sources), () => performance.now());
    const extra = stamp === null ? {} : { [STAMP_FILE]: stamp };
    const writing = writePack(sources, options, out, progress.report, signal, extra);
    const manifest = await writing.finally(progress.end);
    for (const { name, bytes } of manifest.files) {
      console.log(`${name.padEnd(26)} ${bytes.toLocaleString("en").padStart(13)}`);
    }
    const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${(total / 1e6).toFixed(2)} MB in ${seconds} s: ${manifest.packId} in ${out}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const controller = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => controller.abort());
}
try {
  const values = readArguments();
  const stamp = stampOf(values);
  if (values["if-changed"] && stamp === null) {
    throw new BuildError("--if-changed compares files, and so works with folders only.");
  }
  if (stamp === null || !values["if-changed"] || !isCurrent(values.out, stamp)) {
    await build(values, stamp, controller.signal);
  }
} catch (error) {
  const words = explainError(error);
  if (words === null) throw error;
  console.error(words);
  process.exitCode = 1;
}
