import { setMaxListeners } from "node:events";
import { editionInfo } from "../../src/core/edition/edition-manifest.ts";
import { explainError } from "../build-model/explain-error.ts";
import { buildEdition } from "./build-edition.ts";
import { parseCommand, USAGE } from "./command.ts";
import { describeProof } from "./prove/describe-proof.ts";
import { isUpToDate, noteSources } from "./up-to-date.ts";

const controller = new AbortController();
// Dozens of reads wait on it at once; Node suspects a leak from the eleventh on.
setMaxListeners(0, controller.signal);
process.once("SIGINT", () => controller.abort());

try {
  await run(controller.signal);
} catch (error) {
  const words = explainError(error);
  if (words === null) throw error;
  console.error(`build-index: ${words}`);
  process.exitCode = 1;
}

async function run(signal: AbortSignal): Promise<void> {
  const command = parseCommand(process.argv.slice(2));
  if (command === null) {
    console.log(USAGE);
    return;
  }
  const { options, task } = command;
  if (command.ifChanged && (await isUpToDate(options, signal))) return;
  const start = performance.now();
  const log = (line: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(7);
    console.error(`${seconds} s  ${line}`);
  };
  const manifest = await buildEdition(options, task, log, signal);
  if (manifest === null) return;
  await noteSources(options, signal);
  const { bytes } = editionInfo(manifest);
  log(`${manifest.clusters} clusters, ${bytes} bytes, edition ${manifest.editionId}`);
  if (manifest.proof !== null) for (const line of describeProof(manifest.proof)) console.log(line);
}
