/**
 * `npm run bench:scale`: builds an edition of a corpus at full size, serves it on this machine by byte ranges, and searches
 * it through the product's search worker in a real browser: bytes, requests and times of a first visit, wave by wave, of
 * cells, filters and further pictures, and of an exhaustive search once everything is on the device. Writes
 * bench/scale-results.json after every step; a run that was stopped goes on.
 *
 *     npm run bench:scale -- --corpus <dir> --edition <dir> [--visits 5] [--results <file>]
 *
 * The corpus is one that generate:corpus wrote; the edition is built where the folder has none.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EDITION_MANIFEST, parseEditionManifest } from "../../src/core/edition/edition-manifest.ts";
import { readVectors } from "../bench-index/bench-data.ts";
import { buildBenchPage } from "../build-bench-page.ts";
import { findChromium } from "../find-chromium.mjs";
import { serve } from "../serve.mjs";
import { CORPUS_FILES, PATCHES } from "./corpus/generate-corpus.ts";
import { measureScale } from "./measure-scale.ts";
import { runBuilder } from "./run-builder.ts";
import { openSteps, requireEdition } from "./steps.ts";
import { createTrafficCounter } from "./traffic.ts";

const RESULTS = fileURLToPath(new URL("../../bench", import.meta.url));
const PAGE = fileURLToPath(new URL("../../.cache/bench-scale/page", import.meta.url));
const EDITION_PATH = "/edition/";
const READING_MS = 10_000;

const { values } = parseArgs({
  options: {
    corpus: { type: "string" },
    edition: { type: "string" },
    visits: { type: "string", default: "5" },
    results: { type: "string", default: join(RESULTS, "scale-results.json") },
  },
});
const { corpus, edition } = values;
if (corpus === undefined || edition === undefined) throw new Error("give --corpus and --edition");
const { signal } = new AbortController();
const started = performance.now();
const log = (line: string) => {
  const seconds = ((performance.now() - started) / 1000).toFixed(1).padStart(7);
  console.error(`${seconds} s  ${line}`);
};

await mkdir(RESULTS, { recursive: true });
const steps = await openSteps(values.results, edition, log);
await steps.run("machine", async () => ({
  date: new Date().toISOString(),
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
}));
if (!existsSync(join(edition, EDITION_MANIFEST))) {
  await mkdir(edition, { recursive: true });
  await steps.run("build", () =>
    runBuilder(corpus, edition, join(edition, "..", "build.log"), signal),
  );
}
const manifest = parseEditionManifest(
  JSON.parse(await readFile(join(edition, EDITION_MANIFEST), "utf8")),
);
await steps.run("edition", async () => {
  const { editionId, sentences, works, dim, clusters, files, proof } = manifest;
  const sizes = Object.entries(files).map(([name, { bytes }]) => [name, bytes] as const);
  const { size } = await stat(join(edition, EDITION_MANIFEST));
  const bytes = Object.fromEntries([...sizes, ["manifest", size]]);
  return { editionId, sentences, works, dim, clusters, bytes, proof };
});
requireEdition(steps.results(), manifest.editionId, values.results);

await buildBenchPage(new URL("page", import.meta.url), PAGE);
const traffic = createTrafficCounter(EDITION_PATH);
const site = await serve(PAGE, 0, { [EDITION_PATH]: edition }, traffic.count);
const executablePath = findChromium();
const launch = {
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
};
try {
  const read = async (name: string) => (await readVectors(join(corpus, name))).vectors;
  await measureScale({
    steps,
    site: { launch, address: site.address, edition: EDITION_PATH, traffic, readingMs: READING_MS },
    visits: Number(values.visits),
    queries: {
      dim: manifest.dim,
      images: await read(CORPUS_FILES.images),
      texts: await read(CORPUS_FILES.texts),
      patches: await read(CORPUS_FILES.patches),
      patchesPerImage: PATCHES,
    },
    hasAdapter: manifest.adapted !== null,
  });
} finally {
  await site.close();
}
console.log(JSON.stringify(steps.results(), null, 2));
