import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError } from "../build-index/build-error.ts";
import { readRecords } from "../build-index/corpus/corpus-records.ts";
import { layOutCorpus } from "../build-index/corpus/lay-out-corpus.ts";
import { formatReport } from "./format-report.ts";
import { reportCorpus } from "./report.ts";

const USAGE = `Says what a corpus is like: texts, alignment, flags, facets, citations. Writes nothing.

  npm run corpus:report -- <dir>

  <dir>        folder with sentences.json and works.json, or with json/ and markdown/ in it
  --markdown   folder with <work>/<work>.md, where it lies elsewhere
  --json       the report as JSON, with all ids`;

try {
  await run();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`corpus-report: ${error.message}`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      markdown: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [folder] = positionals;
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (folder === undefined) throw new BuildError(`give a folder\n\n${USAGE}`);
  const isSplit = existsSync(join(folder, "json"));
  const beside = join(folder, "markdown");
  const json = isSplit ? join(folder, "json") : folder;
  const markdown = values.markdown ?? (existsSync(beside) ? beside : null);
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  const out = await mkdtemp(join(tmpdir(), "corpus-report-"));
  try {
    const options = {
      json,
      markdown,
      images: { kind: "list" },
      areProjectNotes: false,
      out,
    } as const;
    const log = (line: string) => console.error(line);
    const layout = await layOutCorpus(options, log, controller.signal);
    const report = reportCorpus(layout, await readRecords(json, controller.signal));
    console.log(values.json ? JSON.stringify(report, null, 2) : `\n${formatReport(report)}`);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
