/**
 * `npm run bench:gpu`: rows per second of the scan, the assignment and the coding on a GPU, beside the same on the processor in the
 * same run, with the answers compared. Needs Dawn (`npm install --no-save webgpu`) and says so where it is missing.
 *
 *     npm run bench:gpu -- [--rows 1000000] [--clusters 16384]
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type OpenedGpu, openDawn } from "../build-index/gpu/open-dawn.ts";
import { measureBuilder } from "./measure-builder.ts";
import { measureScan } from "./measure-scan.ts";

const { values } = parseArgs({
  options: { rows: { type: "string" }, clusters: { type: "string" } },
});
const opened = await openDawn();
if ("why" in opened) {
  console.error(`bench:gpu: ${opened.why}. Install Dawn with: npm install --no-save webgpu`);
  process.exitCode = 1;
} else {
  await run(opened);
}

async function run({ device, name, isSoftware }: OpenedGpu): Promise<void> {
  // On an emulated GPU the times mean nothing; a few rows show that the answers are right.
  const rows = Number(values.rows ?? (isSoftware ? 4000 : 1_000_000));
  const clusters = Number(values.clusters ?? (isSoftware ? 64 : 16_384));
  const runs = isSoftware ? 1 : 5;
  console.log(`GPU: ${name}${isSoftware ? " (emulated: its times mean nothing)" : ""}`);
  console.log(
    `Processor: ${cpus()[0]?.model ?? "unknown"}, one thread; Node ${process.versions.node}`,
  );
  console.log(`${rows} rows of 512 numbers, ${clusters} clusters\n`);
  console.log("| | GPU, rows/s | processor, rows/s | ratio | the same |");
  console.log("|---|---|---|---|---|");
  const measured = [
    ...(await measureScan(device, rows, runs)),
    ...(await measureBuilder(device, Math.min(rows, 65_536), clusters, runs)),
  ];
  for (const { what, gpu, processor, same } of measured) {
    const cells = [what, rate(gpu), rate(processor), (gpu / processor).toFixed(2), same];
    console.log(`| ${cells.join(" | ")} |`);
  }
  device.destroy();
}

function rate(rowsPerSecond: number): string {
  return `${(rowsPerSecond / 1e6).toPrecision(3)} M`;
}
