/**
 * `npm run bench:index`: the product's index against its peers on the same rows and the same queries, in one run on one
 * thread. Writes bench/index-results.json and prints the table of docs/benchmarks.md.
 *
 *     npm run bench:index -- [--sentences 20000] [--queries 100] [--corpus <dir> --edition <dir>]
 *
 * Without --corpus a synthetic corpus is generated, and without --edition an edition is built from it, both kept under
 * .cache/bench-index. With them (see generate:corpus) the same is done at another size or hub share.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EDITION_MANIFEST } from "../../src/core/edition/edition-manifest.ts";
import { generateCorpus } from "../bench-scale/corpus/generate-corpus.ts";
import { runBuilder } from "../bench-scale/run-builder.ts";
import { readBenchData } from "./bench-data.ts";
import { createByteScan } from "./byte-scan.ts";
import { createEdgeVec } from "./edgevec.ts";
import { createFloatScan } from "./float-scan.ts";
import { createHnswlib } from "./hnswlib-all-rows.ts";
import { findExactBest, measureMethod } from "./measure-method.ts";
import { countRows, type SearchMethod } from "./method.ts";
import { openOurMethods } from "./our-methods.ts";
import { createProductScans } from "./product-quantizer.ts";
import { formatRouters, formatTable, type ResultRow } from "./table.ts";

const CACHE = fileURLToPath(new URL("../../.cache/bench-index", import.meta.url));
const RESULTS = fileURLToPath(new URL("../../bench", import.meta.url));
const SENTENCES_PER_WORK = 433;
/** Beams of hnswlib, and rows that quantisers re-rank. */
const BEAMS = [64, 256, 1024] as const;
const RERANKED = 50;
const PARTS = [64, 128] as const;

const { values } = parseArgs({
  options: {
    sentences: { type: "string", default: "20000" },
    queries: { type: "string", default: "100" },
    "hub-share": { type: "string", default: "0.5" },
    corpus: { type: "string" },
    edition: { type: "string" },
  },
});
const sentences = Number(values.sentences);
const queries = Number(values.queries);
const { signal } = new AbortController();
const log = (line: string) => console.error(line);

const name = `${sentences}-${values["hub-share"]}`;
const corpus = values.corpus ?? join(CACHE, `corpus-${name}`);
if (values.corpus === undefined) {
  await mkdir(CACHE, { recursive: true });
  await generateCorpus(
    {
      out: corpus,
      sentences,
      dim: 512,
      works: Math.max(1, Math.round(sentences / SENTENCES_PER_WORK)),
      seed: 1,
      alpha: 1,
      shared: 0.25,
      hubShare: Number(values["hub-share"]),
      images: 400,
      trainingImages: 20_000,
      texts: 400,
      patchedImages: 20,
      condition: null,
      threads: availableParallelism(),
    },
    log,
    signal,
  );
}
const edition = values.edition ?? join(CACHE, `edition-${name}`);
if (!existsSync(join(edition, EDITION_MANIFEST))) {
  log(`building the edition: see ${CACHE}/build.log`);
  const run = await runBuilder(corpus, edition, `${CACHE}/build.log`, signal);
  // The rest of a build says nothing of all of it: the table leaves the time out then.
  if (!run.isResumed) {
    await writeFile(join(edition, "build-seconds.json"), JSON.stringify(run.seconds));
  }
}

const data = await readBenchData(corpus, queries);
log(`${countRows(data)} rows`);
const exact = createFloatScan(data);
const best = {
  images: findExactBest(data, data.images, exact),
  texts: findExactBest(data, data.texts, exact),
};
const results: ResultRow[] = [];
const measure = (methods: readonly SearchMethod[]) => {
  for (const method of methods) {
    const row: ResultRow = {
      name: method.name,
      bytes: method.bytes,
      buildMs: method.buildMs,
      images: measureMethod(data, data.images, best.images, method),
      texts: measureMethod(data, data.texts, best.texts, method),
    };
    results.push(row);
    log(`${row.name}: ${row.images.recall.toFixed(3)} in ${row.images.queryMs.toFixed(2)} ms`);
  }
};
const onRows = (rows: number) => {
  if (rows % 10_000 === 0) log(`  ${rows} rows inserted`);
};
measure([exact]);
const ours = await openOurMethods(data, edition, signal);
measure(ours.methods);
measure([createByteScan(data)]);
for (const parts of PARTS) measure(createProductScans(data, parts, RERANKED));
measure(await createHnswlib(data, BEAMS, onRows));
measure([await createEdgeVec(data, onRows)]);

const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
await mkdir(RESULTS, { recursive: true });
const report = {
  date: new Date().toISOString(),
  machine,
  rows: countRows(data),
  queries,
  results,
  routers: ours.routers,
};
await writeFile(join(RESULTS, "index-results.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(formatTable(results, countRows(data)));
console.log(`\n${formatRouters(ours.routers)}`);
