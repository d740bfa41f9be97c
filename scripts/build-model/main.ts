import { createHash, type Hash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isAppError } from "../../src/core/errors.ts";
import { MANIFEST_FILE, type WeightStorage } from "../../src/core/model/pack-manifest.ts";
import { modelFiles, readPackSources } from "./read-sources.ts";

/** Keeps the digest of what a pack was built from, beside its files. */
const STAMP_FILE = ".built-from";
/** What packs depend on besides their inputs. */
const PROGRAM = ["src/core/model", "scripts/build-model"];
const HASHED_AT_ONCE_BYTES = 1 << 20;

const USAGE = `Builds a model pack for the page from CLIP weights: transformers' or open_clip's safetensors, or
the ONNX exports of public repositories (vision_model.onnx and text_model.onnx, float32 or half).

  npm run build:model -- --weights <folder> --out <folder>
    [--adapter <folder>]      a peft LoRA adapter of the two projections
    [--storage q8|f16|f32]    how the weights are kept; q8 by default
    [--name <text>]           the model's name for people; "Demo encoder" by default
    [--base-name <text>]      name of the variant without the adapter
    [--adapted-name <text>]   name of the variant with the adapter
    [--if-changed]            do nothing where the pack was built from exactly these files`;

const repository = fileURLToPath(new URL("../..", import.meta.url));

function isStorage(value: string): value is WeightStorage {
  return value === "q8" || value === "f16" || value === "f32";
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

/** Adds a file to a hash, piece by piece: weights may be larger than any one array. */
function hashFile(hash: Hash, path: string): void {
  const file = openSync(path, "r");
  const piece = new Uint8Array(HASHED_AT_ONCE_BYTES);
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

/** SHA-256 over the options, the input files and the program that builds packs. */
function digestOfInputs(options: readonly string[], folders: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(options));
  const programs = PROGRAM.map((path) => join(repository, path));
  const scripts = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
  for (const [folder, names] of [
    ...folders.map((folder) => [folder, modelFiles(folder)] as const),
    ...programs.map((folder) => [folder, scripts(folder).sort()] as const),
  ]) {
    for (const name of names) {
      hash.update(`${name}\0`);
      hashFile(hash, join(folder, name));
    }
  }
  return hash.digest("hex");
}

const { values } = parseArgs({
  options: {
    weights: { type: "string" },
    adapter: { type: "string" },
    out: { type: "string" },
    storage: { type: "string", default: "q8" },
    name: { type: "string", default: "Demo encoder" },
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
const { weights, adapter, out, storage } = values;
if (weights === undefined || out === undefined || !isStorage(storage)) fail(USAGE);

const options = {
  storage,
  name: values.name,
  baseName: values["base-name"],
  adaptedName: values["adapted-name"],
};
const stamp = join(out, STAMP_FILE);
const inputs = digestOfInputs(
  Object.values(options),
  adapter === undefined ? [weights] : [weights, adapter],
);
const isCurrent =
  existsSync(stamp) &&
  existsSync(join(out, MANIFEST_FILE)) &&
  readFileSync(stamp, "utf8") === inputs;
if (values["if-changed"] && isCurrent) process.exit(0);

try {
  // The runtime takes a second to load, and most builds find nothing to do.
  const { writePack } = await import("./write-pack.ts");
  const started = performance.now();
  const { signal } = new AbortController();
  const sources = await readPackSources(weights, adapter ?? null, signal);
  const extra = { [STAMP_FILE]: inputs };
  const { files } = await writePack(sources, options, out, () => {}, signal, extra);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  for (const { name, bytes } of files) {
    console.log(`${name.padEnd(26)} ${bytes.toLocaleString("en")}`);
  }
  console.log(`${(total / 1e6).toFixed(2)} MB in ${seconds} s: ${out}`);
} catch (error) {
  if (!isAppError(error)) throw error;
  const { code, ...fields } = error.detail;
  fail(`The pack was not built (${code}): ${Object.values(fields).join(": ")}`);
}
