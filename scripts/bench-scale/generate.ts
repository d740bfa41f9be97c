import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { BuildError } from "../build-index/build-error.ts";
import { generateCorpus } from "./corpus/generate-corpus.ts";

const USAGE = `Writes a synthetic corpus in ArteFact's files, to build, serve and search at full size.

  npm run generate:corpus -- --sentences 3119199 --out <dir>

  --out         folder to write to; a run that was stopped goes on there
  --sentences   how many (50000)
  --dim         numbers per vector (512)
  --works       how many (one for 433 sentences, at most 7200)
  --hub-share   part of the scores' variance that is the same for all pictures, 0 to 0.9 (0.5)
  --alpha       decay of the texts' spectrum (1)
  --shared      length of what pictures share with texts (0.25)
  --images      pictures to test with (400)
  --training    pictures to learn the queries' metric from (20000)
  --texts       texts to test with (400)
  --painting    also vectors of an adapted model, with its adapter and text projection
  --condition   condition number of that text projection (10)
  --seed        whole number (1)
  --threads     worker threads (all processors)`;

/** Sentences of one work of ArteFact, on average, and the works of its full corpus. */
const SENTENCES_PER_WORK = 433;
const MOST_WORKS = 7200;

try {
  await run();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`generate:corpus: ${error.message}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      sentences: { type: "string", default: "50000" },
      dim: { type: "string", default: "512" },
      works: { type: "string" },
      "hub-share": { type: "string", default: "0.5" },
      alpha: { type: "string", default: "1" },
      shared: { type: "string", default: "0.25" },
      images: { type: "string", default: "400" },
      training: { type: "string", default: "20000" },
      texts: { type: "string", default: "400" },
      painting: { type: "boolean", default: false },
      condition: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      threads: { type: "string", default: String(availableParallelism()) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || values.out === undefined) {
    console.log(USAGE);
    if (!values.help) throw new BuildError("--out is missing");
    return;
  }
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < least) throw new BuildError(`--${name} is ${text}`);
    return value;
  };
  const count = (name: string, text: string, least: number): number => {
    const value = number(name, text, least);
    if (!Number.isSafeInteger(value)) throw new BuildError(`--${name} is ${text}`);
    return value;
  };
  const sentences = count("sentences", values.sentences, 1);
  const usual = Math.max(1, Math.min(MOST_WORKS, Math.round(sentences / SENTENCES_PER_WORK)));
  const images = count("images", values.images, 1);
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  const start = performance.now();
  const log = (line: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
    console.error(`${seconds} s  ${line}`);
  };
  await generateCorpus(
    {
      out: values.out,
      sentences,
      dim: count("dim", values.dim, 32),
      works: values.works === undefined ? usual : count("works", values.works, 1),
      seed: count("seed", values.seed, 0),
      alpha: number("alpha", values.alpha, 0),
      shared: number("shared", values.shared, 0),
      hubShare: number("hub-share", values["hub-share"], 0),
      images,
      trainingImages: count("training", values.training, 1),
      texts: count("texts", values.texts, 1),
      patchedImages: Math.min(images, 20),
      condition: values.painting ? number("condition", values.condition, 1) : null,
      threads: count("threads", values.threads, 1),
    },
    log,
    controller.signal,
  );
  log(`wrote ${sentences} sentences to ${values.out}`);
}
