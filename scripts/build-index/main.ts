import { setMaxListeners } from "node:events";
import { parseArgs } from "node:util";
import { editionInfo } from "../../src/core/edition/edition-manifest.ts";
import { type BuildOptions, buildEdition } from "./build-edition.ts";
import { BuildError } from "./build-error.ts";
import { describeProof } from "./prove/describe-proof.ts";
import { isUpToDate, noteSources } from "./up-to-date.ts";

const USAGE = `Builds an edition: the static files that the page searches.

  npm run build:index -- --json <dir> --model <pack dir> --name <text> --out <dir>
  npm run build:index -- --json <dir> --embeddings <safetensors> --ids <json> --model <pack dir> --name <text> --out <dir>

  --json         folder with sentences.json and works.json (topic_names.json, creators.json)
  --markdown     folder with <work>/<work>.md: the texts that paragraphs are shown from
  --model        model pack: gives the fingerprint and the adapter, and embeds the sentences where none are given
  --embeddings   safetensors with a tensor "embeddings" [n x dim], rows named by --ids (a JSON list)
  --fingerprint  of the model, in place of --model
  --queries      safetensors with image vectors "embeddings", to measure recall with; else rows with noise
  --project-notes  marks all works as notes that this project wrote itself
  --name         of the edition, for people
  --out          folder to write to
  --seed         whole number (1)
  --if-changed   do nothing where the folder was built from the same input`;

try {
  await run();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`build-index: ${error.message}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "string" },
      markdown: { type: "string" },
      model: { type: "string" },
      embeddings: { type: "string" },
      ids: { type: "string" },
      fingerprint: { type: "string" },
      queries: { type: "string" },
      "project-notes": { type: "boolean", default: false },
      name: { type: "string" },
      out: { type: "string" },
      seed: { type: "string", default: "1" },
      "if-changed": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const required = (name: "json" | "name" | "out" | "ids"): string => {
    const value = values[name];
    if (value === undefined) throw new BuildError(`--${name} is missing\n\n${USAGE}`);
    return value;
  };
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new BuildError("--seed is not a whole number");
  const options: BuildOptions = {
    json: required("json"),
    markdown: values.markdown ?? null,
    model: values.model ?? null,
    embeddings:
      values.embeddings === undefined ? null : { path: values.embeddings, ids: required("ids") },
    fingerprint: values.fingerprint ?? null,
    queries: values.queries ?? null,
    areProjectNotes: values["project-notes"],
    name: required("name"),
    out: required("out"),
    seed,
  };
  if (values["if-changed"] && (await isUpToDate(options))) return;
  const controller = new AbortController();
  // Dozens of reads wait on it at once; Node suspects a leak from the eleventh on.
  setMaxListeners(0, controller.signal);
  process.once("SIGINT", () => controller.abort());
  const start = performance.now();
  const log = (line: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    console.error(`${seconds} s  ${line}`);
  };
  const manifest = await buildEdition(options, log, controller.signal);
  await noteSources(options);
  const { bytes } = editionInfo(manifest);
  log(`${manifest.clusters} clusters, ${bytes} bytes, edition ${manifest.editionId}`);
  for (const line of manifest.proof === null ? [] : describeProof(manifest.proof))
    console.log(line);
}
