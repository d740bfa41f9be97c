import { parseArgs } from "node:util";
import { BuildError } from "./build-error.ts";
import {
  type BuildOptions,
  type BuildTask,
  DEFAULT_OPTIONS,
  type ExactChoice,
  type VectorsPlace,
} from "./build-options.ts";
import { parsePart } from "./coding/chunk-plan.ts";
import { parseImagesOption } from "./corpus/work-images.ts";
import type { ArithmeticChoice } from "./gpu/choose-arithmetic.ts";

export const USAGE = `Builds an edition: the static files that the page searches. What is half done stays in a work folder: the same command goes on there.

  npm run build:index -- --json <dir> --model <pack dir> --name <text> --out <dir>
  npm run build:index -- --json <dir> --embeddings <safetensors> --ids <json> --model <pack dir> --name <text> --out <dir>
  npm run build:index -- train …           only what is learnt from a sample, for parts to find
  npm run build:index -- … --part 3/8      codes the third of eight parts of the rows
  npm run build:index -- merge … [--from <work dir>]…   joins the parts

  --json         folder with sentences.json and works.json (topic_names.json, creators.json)
  --markdown     folder with <work>/<work>.md: the texts that paragraphs are shown from
  --model        model pack: gives the fingerprint and the adapter, and embeds the sentences where none are given
  --embeddings   safetensors with a tensor "embeddings" [n x dim] in 32 or 16 bits, or a folder with clip_embeddings.safetensors;
                 a path, or an address that is read by Range
  --ids          JSON list of the ids of its rows (looked for beside the embeddings)
  --painting-embeddings, --painting-ids   the same sentences by the adapted model: one index is checked with them, or they get their own
  --adapter      folder of a PEFT adapter, and
  --text-projection  a safetensors file or a pack with the text projection that it changes; both in place of --model
  --fingerprint  of the model, in place of --model
  --query-images safetensors with image vectors "embeddings", 20 at least: clusters and codes are made for queries like these
  --queries, --text-queries  safetensors with vectors of pictures and of phrases to measure recall with; else some are kept back or made
  --exact        f16 (default), f32: a file of exact vectors; external: ranges of the embeddings' address; none
  --images       the works' images beside the Markdown: copy puts them beside the edition; an https address is where they
                 are served from; none (default)
  --project-notes  marks all works as notes that this project wrote itself
  --name         of the edition, for people
  --out          folder to write to
  --work-dir     folder for what is half done (<out>.work, removed in the end)
  --arithmetic   auto (a GPU where there is one), cpu, gpu
  --threads      worker threads (all processors)
  --chunk-rows   rows that are coded in one go (32768)
  --seed         whole number (1)
  --if-changed   do nothing where the folder was built from the same input`;

/** What the command line asks for. */
export interface Command {
  readonly options: BuildOptions;
  readonly task: BuildTask;
  readonly ifChanged: boolean;
}

const OPTIONS = {
  json: { type: "string" },
  markdown: { type: "string" },
  model: { type: "string" },
  embeddings: { type: "string" },
  ids: { type: "string" },
  "painting-embeddings": { type: "string" },
  "painting-ids": { type: "string" },
  adapter: { type: "string" },
  "text-projection": { type: "string" },
  fingerprint: { type: "string" },
  "query-images": { type: "string" },
  queries: { type: "string" },
  "text-queries": { type: "string" },
  exact: { type: "string" },
  images: { type: "string" },
  "project-notes": { type: "boolean", default: false },
  name: { type: "string" },
  out: { type: "string" },
  "work-dir": { type: "string" },
  from: { type: "string", multiple: true },
  part: { type: "string" },
  arithmetic: { type: "string" },
  threads: { type: "string" },
  "chunk-rows": { type: "string" },
  seed: { type: "string" },
  "if-changed": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** Reads the command line; null where only help is wanted. Throws BuildError naming what is wrong. */
export function parseCommand(args: readonly string[]): Command | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const required = (name: "json" | "name" | "out" | "fingerprint"): string => {
    const value = values[name];
    if (value === undefined) throw new BuildError(`--${name} is missing\n\n${USAGE}`);
    if (value.trim() === "") throw new BuildError(`--${name} is empty`);
    return value;
  };
  const count = (name: "threads" | "chunk-rows" | "seed", least: number): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new BuildError(`--${name} is ${text}: a whole number from ${least} on is needed`);
  };
  const options: BuildOptions = {
    json: required("json"),
    markdown: values.markdown ?? null,
    model: values.model ?? null,
    embeddings: vectorsPlace(values.embeddings, values.ids, "ids"),
    paintingEmbeddings: vectorsPlace(
      values["painting-embeddings"],
      values["painting-ids"],
      "painting-ids",
    ),
    adapter: values.adapter ?? null,
    textProjection: values["text-projection"] ?? null,
    fingerprint: values.fingerprint === undefined ? null : required("fingerprint"),
    queryImages: values["query-images"] ?? null,
    queries: values.queries ?? null,
    textQueries: values["text-queries"] ?? null,
    exact: oneOf<ExactChoice>("exact", values.exact, ["f32", "f16", "external", "none"]),
    images:
      values.images === undefined
        ? DEFAULT_OPTIONS.images
        : parseImagesOption(values.images, required("out")),
    areProjectNotes: values["project-notes"],
    name: required("name"),
    out: required("out"),
    workDir: values["work-dir"] ?? null,
    arithmetic: oneOf<ArithmeticChoice>("arithmetic", values.arithmetic, ["auto", "cpu", "gpu"]),
    threads: count("threads", 1),
    chunkRows: count("chunk-rows", 1),
    seed: count("seed", 0) ?? DEFAULT_OPTIONS.seed,
  };
  const task = taskOf(positionals, values.part, values.from);
  if (task.kind !== "whole" && options.workDir === null) {
    throw new BuildError("--work-dir is missing: parts keep their work there");
  }
  return { options, task, ifChanged: values["if-changed"] };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError(`${why}\n\n${USAGE}`, { cause });
  }
}

function taskOf(
  positionals: readonly string[],
  part: string | undefined,
  folders: readonly string[] | undefined,
): BuildTask {
  const [verb] = positionals;
  if (positionals.length > 1 || (verb !== undefined && verb !== "train" && verb !== "merge")) {
    throw new BuildError(`${positionals.join(" ")}: only train and merge are known\n\n${USAGE}`);
  }
  if (folders !== undefined && verb !== "merge") throw new BuildError("--from goes with merge");
  if (part !== undefined && verb !== undefined)
    throw new BuildError(`--part and ${verb}: one of them`);
  if (part !== undefined) return { kind: "part", part: parsePart(part) };
  if (verb === "merge") return { kind: "merge", folders: folders ?? [] };
  return { kind: verb ?? "whole" };
}

function vectorsPlace(
  place: string | undefined,
  ids: string | undefined,
  name: string,
): VectorsPlace | null {
  if (place !== undefined) return { place, ids: ids ?? null };
  if (ids !== undefined) throw new BuildError(`--${name} names the rows of no embeddings`);
  return null;
}

function oneOf<T extends string>(
  name: "exact" | "arithmetic",
  value: string | undefined,
  known: readonly T[],
): T {
  const wanted = value ?? DEFAULT_OPTIONS[name];
  const found = known.find((choice) => choice === wanted);
  if (found === undefined) throw new BuildError(`--${name} is ${wanted}: ${known.join(", ")}`);
  return found;
}
