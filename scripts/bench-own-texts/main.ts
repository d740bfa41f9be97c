/**
 * `npm run bench:own-texts`: the index of a person's own texts against its alternatives at the sizes that it is for, in one run on
 * one thread. Prints the tables of docs/benchmarks.md.
 *
 *     npm run bench:own-texts -- [--sizes 1000,20000,200000] [--queries 50] [--hnsw-seconds 150]
 *
 * A synthetic corpus of the largest size is generated once under .cache/bench-own-texts; smaller sizes are its beginning.
 * hnswlib-wasm is given up where it has not inserted all rows within the time.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { plainKernel } from "../../src/core/codes/plain-kernel.ts";
import { readBenchData } from "../bench-index/bench-data.ts";
import { createFloatScan } from "../bench-index/float-scan.ts";
import { createHnswlib } from "../bench-index/hnswlib-all-rows.ts";
import { findExactBest, measureMethod } from "../bench-index/measure-method.ts";
import type { BenchData, SearchMethod } from "../bench-index/method.ts";
import { formatTable, type ResultRow } from "../bench-index/table.ts";
import { CORPUS_FILES, generateCorpus } from "../bench-scale/corpus/generate-corpus.ts";
import { openNodeScanKernel } from "../build-index/prove/open-scan-kernel.ts";
import { codeRows, createOwnCodeSearch } from "./own-code-search.ts";
import { createPlainScan } from "./plain-scan.ts";

const CACHE = fileURLToPath(new URL("../../.cache/bench-own-texts", import.meta.url));
const DIM = 512;
const SENTENCES_PER_WORK = 433;
const BEAMS = [64, 256] as const;
/** 25 and the margin of workers/own-texts/own-index.ts. */
const RERANKED = 75;

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "1000,20000,200000" },
    queries: { type: "string", default: "50" },
    "hnsw-seconds": { type: "string", default: "150" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const queries = Number(values.queries);
const hnswMs = Number(values["hnsw-seconds"]) * 1000;
const log = (line: string) => console.error(line);

const data = await readData(Math.max(...sizes));
console.log(`${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`);
for (const size of sizes) {
  const part = { ...data, rows: data.rows.slice(0, size * DIM) };
  console.log(`\n${size} rows of ${DIM} numbers\n`);
  console.log(formatTable(await measureAll(part), size));
}

async function readData(sentences: number): Promise<BenchData> {
  const corpus = join(CACHE, `corpus-${sentences}`);
  if (!existsSync(join(corpus, CORPUS_FILES.texts))) {
    await mkdir(CACHE, { recursive: true });
    const options = {
      out: corpus,
      sentences,
      dim: DIM,
      works: Math.max(1, Math.round(sentences / SENTENCES_PER_WORK)),
      seed: 1,
      alpha: 1,
      shared: 0.25,
      hubShare: 0.5,
      images: 100,
      trainingImages: 1000,
      texts: 100,
      patchedImages: 2,
      condition: null,
      threads: 1,
    };
    await generateCorpus(options, log, new AbortController().signal);
  }
  return readBenchData(corpus, queries);
}

async function measureAll(part: BenchData): Promise<readonly ResultRow[]> {
  const exact = createFloatScan(part);
  const best = {
    images: findExactBest(part, part.images, exact),
    texts: findExactBest(part, part.texts, exact),
  };
  const results: ResultRow[] = [];
  const measure = (method: SearchMethod) => {
    const { name, bytes, buildMs } = method;
    const images = measureMethod(part, part.images, best.images, method);
    const texts = measureMethod(part, part.texts, best.texts, method);
    results.push({ name, bytes, buildMs, images, texts });
    log(`${name}: ${images.recall.toFixed(3)} in ${images.queryMs.toFixed(2)} ms`);
  };
  measure(exact);
  measure(createPlainScan(part));
  const coded = codeRows(part);
  measure(createOwnCodeSearch(part, coded, await openNodeScanKernel(), 0));
  measure(createOwnCodeSearch(part, coded, await openNodeScanKernel(), RERANKED));
  measure(createOwnCodeSearch(part, coded, plainKernel, RERANKED));
  for (const method of await withinTime(part)) measure(method);
  return results;
}

/** hnswlib-wasm over all rows, or nothing where the time is up before they are in. */
async function withinTime(part: BenchData): Promise<readonly SearchMethod[]> {
  const end = performance.now() + hnswMs;
  let inserted = 0;
  try {
    return await createHnswlib(part, BEAMS, (rows) => {
      inserted = rows;
      if (performance.now() > end) throw new RangeError("the time is up");
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.log(`hnswlib-wasm had inserted ${inserted} rows after ${hnswMs / 1000} s.\n`);
    return [];
  }
}
