import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError } from "../build-index/build-error.ts";
import { readRecords } from "../build-index/corpus/corpus-records.ts";
import { layOutCorpus } from "../build-index/corpus/lay-out-corpus.ts";
import { createPhaseLog, watchMemory } from "../build-index/progress.ts";
import { explainError } from "../build-model/explain-error.ts";
import { formatReport } from "./format-report.ts";
import { reportCorpus } from "./report.ts";

const USAGE = `Says what a corpus is like: texts, alignment, flags, facets, citations. Writes nothing.

  npm run corpus:report -- <dir>

  <dir>        folder with sentences.json and works.json, or with json/ and markdown/ or marker_output/ in it
  --markdown   folder with <work>/<work>.md, where it lies elsewhere
  --json       the report as JSON, with all ids`;

/** What the folder of texts is called here, and in ArteFact's own data. */
const MARKDOWN_FOLDERS = ["markdown", "marker_output"];

try {
  await run();
} catch (error) {
  const words = explainError(error);
  if (words === null) throw error;
  console.error(`corpus-report: ${words}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parse();
  const [folder] = positionals;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (folder === undefined) throw new BuildError(`give a folder\n\n${USAGE}`);
  const isSplit = existsSync(join(folder, "json"));
  const json = isSplit ? join(folder, "json") : folder;
  const texts = MARKDOWN_FOLDERS.map((name) => join(folder, name));
  const markdown = values.markdown ?? texts.find((path) => existsSync(path)) ?? null;
  if (markdown !== null && !existsSync(markdown)) throw new BuildError(`${markdown} is not there`);
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  const out = await mkdtemp(join(tmpdir(), "corpus-report-"));
  try {
    const options = {
      json,
      markdown,
      images: { kind: "list" },
      areProjectNotes: false,
      threads: null,
      out,
    } as const;
    const log = (line: string) => console.error(line);
    const phases = createPhaseLog(log, () => performance.now(), watchMemory());
    const report = (done: number, total: number) => phases("corpus", done, total);
    const layout = await layOutCorpus(options, { log, report }, controller.signal);
    const coverage = reportCorpus(layout, await readRecords(json, controller.signal));
    console.log(values.json ? JSON.stringify(coverage, null, 2) : `\n${formatReport(coverage)}`);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        markdown: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new BuildError(`${why}\n\n${USAGE}`, { cause });
  }
}
