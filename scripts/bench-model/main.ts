// `npm run bench:model`: CLIP ViT-B/32 in a real browser on WASM, ours against transformers.js with the same weights, in
// one run of one browser. Writes bench/model-results.json. Options: `--rounds <n>`; `--hub <dir> --pack <dir>` for real
// weights (files of a model hub, and our pack of the same model) in place of seeded ones.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { buildBenchPage } from "../build-bench-page.ts";
import { findChromium } from "../find-chromium.mjs";
import { median } from "../median.ts";
import { buildSite } from "../prepare.mjs";
import { serve } from "../serve.mjs";
import type { BenchPage } from "./page/main.ts";
import { copyModels, prepareModels } from "./prepare-models.ts";
import { rendererMemory } from "./renderer-memory.ts";

const CACHE = fileURLToPath(new URL("../../.cache/bench-model", import.meta.url));
const RESULTS = fileURLToPath(new URL("../../bench", import.meta.url));
/** The runtime's build whose WebAssembly is a file of its own. */
const CONDITIONS = [
  "onnxruntime-web-use-extern-wasm",
  "module",
  "browser",
  "development|production",
];
const PUBLIC = fileURLToPath(new URL("../../public", import.meta.url));
const PICTURES = ["crucifix.jpg", "evening-boat.jpg", "horse-in-the-field.jpg"] as const;
/** Nobody resizes a picture of the model's own size, so that only the models differ. */
const MODEL_SIDE = 224;
const SAMPLE_MS = 200;
/** The text tower is given back a minute after the last phrase. */
const TEXT_RELEASE_MS = 66_000;

declare const bench: BenchPage;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "9" },
    hub: { type: "string" },
    pack: { type: "string" },
  },
});
const rounds = Number(values.rounds);

/** Who takes part, by the name in the results. */
const CONTESTANTS = {
  ours: null,
  "transformers.js q8": { dtype: "q8", threads: null },
  "transformers.js q8, as many threads as ours": { dtype: "q8", threads: ourThreads() },
  "transformers.js fp16": { dtype: "fp16", threads: null },
  "transformers.js fp32": { dtype: "fp32", threads: null },
} as const;
type Name = keyof typeof CONTESTANTS;
const NAMES = Object.keys(CONTESTANTS) as Name[];

/** A contestant at work in a tab of its own. */
interface Entrant {
  readonly page: Page;
  readonly pid: number;
  readonly megabytes: number;
  readonly loadMs: number;
  readonly firstMs: number;
  readonly peak: number;
}

const { signal } = new AbortController();
const models = join(CACHE, values.hub === undefined ? "seeded" : "real");
if (values.hub !== undefined && values.pack !== undefined) {
  await copyModels(models, { hub: values.hub, pack: values.pack });
} else {
  await prepareModels(models, signal);
}
buildSite();
await buildBenchPage(new URL("page", import.meta.url), join(CACHE, "page"), CONDITIONS);
const site = await serve(join(CACHE, "page"), 0, {
  "/pack/": join(models, "pack"),
  "/hub/": join(models, "hub"),
  "/demo/": join(PUBLIC, "models", "demo"),
  "/samples/": join(PUBLIC, "samples"),
});
const executablePath = findChromium();
const server = await chromium.launchServer({
  ...(executablePath === undefined ? {} : { executablePath }),
  // WASM only: a software GPU says nothing about a real one.
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
});
const browser = await chromium.connect(server.wsEndpoint());
const ancestor = server.process().pid ?? 0;
const taken = new Set<number>();
/** Most memory seen of each renderer: the kernel's own mark is not exact, so that samples are taken too. */
const seenPeaks = new Map<number, number>();
const sampler = setInterval(() => {
  for (const { pid, now, peak } of rendererMemory(ancestor)) {
    seenPeaks.set(pid, Math.max(now, peak, seenPeaks.get(pid) ?? 0));
  }
}, SAMPLE_MS);

const empty = await openPage(browser);
const emptyTab = rendererMemory(ancestor)[0]?.now ?? null;
await empty.context().close();

const entrants = new Map<Name, Entrant>();
for (const name of NAMES) {
  entrants.set(name, await enter(name));
  console.log(`${name}: loaded`);
}
const times = new Map<Name, number[]>(NAMES.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const name of NAMES) {
    const picture = PICTURES[round % PICTURES.length] ?? PICTURES[0];
    times.get(name)?.push((await encode(name, picture, 0)).milliseconds);
  }
}
const vectors = new Map<Name, number[][]>();
for (const name of NAMES) {
  const own: number[][] = [];
  for (const side of [0, MODEL_SIDE]) {
    for (const picture of PICTURES) own.push([...(await encode(name, picture, side)).vector]);
  }
  vectors.set(name, own);
}
const ours = entrantOf("ours");
const maps: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  maps.push(await ours.page.evaluate(() => bench.explain()));
}
const peaks = new Map(NAMES.map((name) => [name, memoryOf(name)?.peak ?? null]));
const beforeText = memoryOf("ours")?.now ?? null;
const firstPhrase = await ours.page.evaluate(() => bench.embedText("a boat at sea"));
const phrases: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  phrases.push(await ours.page.evaluate(() => bench.embedText("a red house on the left")));
}
const withText = memoryOf("ours");
// Others give their memory back first, so that only our own use is seen while the tower is measured.
for (const name of NAMES) if (name !== "ours") await entrantOf(name).page.context().close();
await ours.page.waitForTimeout(TEXT_RELEASE_MS);
// What was given back is collected when something else needs room.
for (const picture of [...PICTURES, ...PICTURES]) await encode("ours", picture, 0);
const afterText = memoryOf("ours")?.now ?? null;
await ours.page.context().close();

const towerPage = await openPage(browser);
const tower: Record<string, unknown> = {};
for (const threads of new Set([1, ourThreads()])) {
  const measured = await towerPage.evaluate(
    ([count, runs]) => bench.measureTower("/pack/", count, runs),
    [threads, rounds * 2] as const,
  );
  tower[`${threads} thread${threads > 1 ? "s" : ""}`] = {
    "all layers alone, ms": summarize(measured.alone),
    "everything, ms": summarize(measured.everything),
    ratio: round3(median(measured.everything) / median(measured.alone)),
  };
}
await towerPage.context().close();

taken.clear();
const demoPage = await openPage(browser);
await demoPage.evaluate(() => bench.loadOurs("/demo/"));
await demoPage.evaluate(() => bench.encode("/samples/crucifix.jpg", 0));
const demo = rendererMemory(ancestor)[0]?.peak ?? null;
const version = browser.version();
clearInterval(sampler);
await browser.close();
await server.close();
await site.close();

const reference = vectors.get("transformers.js fp32") ?? [];
const results = {
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    browser: `Chromium ${version}`,
    provider: "wasm",
    "our threads": ourThreads(),
    "an empty tab, MB": emptyTab,
  },
  weights: values.hub === undefined ? "seeded, ViT-B/32" : "given",
  contestants: Object.fromEntries(
    NAMES.map((name) => {
      const { megabytes, loadMs, firstMs, peak } = entrantOf(name);
      const own = vectors.get(name) ?? [];
      return [
        name,
        {
          "downloaded, MB": megabytes,
          "load, ms": Math.round(loadMs),
          "first picture, ms": Math.round(firstMs),
          "picture, ms: median [least, most]": summarize(times.get(name) ?? []),
          "times ours, median of the turns": round3(median(turnsAgainstOurs(name))),
          "renderer peak after load and one picture, MB": peak,
          "renderer peak, MB": peaks.get(name) ?? null,
          "1 − cosine to transformers.js fp32, same pixels": PICTURES.map((_, index) =>
            distance(own[index + PICTURES.length], reference[index + PICTURES.length]),
          ),
          "the same on whole pictures, own preprocessing": PICTURES.map((_, index) =>
            distance(own[index], reference[index]),
          ),
        },
      ];
    }),
  ),
  "ours beyond that": {
    "25 maps with messaging, ms": summarize(maps),
    "first phrase, the text tower's load included, ms": Math.round(firstPhrase),
    "next phrases, ms": summarize(phrases),
    "renderer before the text tower, MB": beforeText,
    "with it, now and peak, MB": withText,
    "a minute after the last phrase and six pictures later, MB": afterText,
    tower,
  },
  "demo encoder, renderer peak, MB": demo,
};
mkdirSync(RESULTS, { recursive: true });
writeFileSync(join(RESULTS, "model-results.json"), `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify(results, null, 2));

/** The threads that our kernel takes: see workers/encoder/onnx-runtime.ts. */
function ourThreads(): number {
  return Math.min(4, cpus().length);
}

async function openPage(chrome: Browser): Promise<Page> {
  const context = await chrome.newContext();
  const page = await context.newPage();
  await page.goto(site.address);
  await page.waitForFunction(() => "bench" in globalThis);
  return page;
}

/** Loads a contestant in a fresh tab and shows it one picture. */
async function enter(name: Name): Promise<Entrant> {
  const page = await openPage(browser);
  let bytes = 0;
  page.context().on("response", (response) => {
    bytes += Number(response.headers()["content-length"] ?? 0);
  });
  const entrant = CONTESTANTS[name];
  const { milliseconds } =
    entrant === null
      ? await page.evaluate(() => bench.loadOurs("/pack/"))
      : await page.evaluate(({ dtype, threads }) => bench.loadTheirs(dtype, threads), entrant);
  const loaded = bytes;
  const first = await page.evaluate(() => bench.encode("/samples/winter-lake.jpg", 0));
  const largest = rendererMemory(ancestor).find(({ pid }) => !taken.has(pid));
  if (largest !== undefined) taken.add(largest.pid);
  return {
    page,
    pid: largest?.pid ?? 0,
    megabytes: Math.round(loaded / 1e5) / 10,
    loadMs: milliseconds,
    firstMs: first.milliseconds,
    peak: seenPeaks.get(largest?.pid ?? 0) ?? largest?.peak ?? 0,
  };
}

function entrantOf(name: Name): Entrant {
  const entrant = entrants.get(name);
  if (entrant === undefined) throw new Error(`${name} did not enter`);
  return entrant;
}

/** A contestant's time over ours in the same turn: other load on the machine hits both. */
function turnsAgainstOurs(name: Name): readonly number[] {
  const own = times.get("ours") ?? [];
  return (times.get(name) ?? []).map((time, turn) => time / (own[turn] ?? Number.NaN));
}

function memoryOf(name: Name) {
  const { pid } = entrantOf(name);
  const found = rendererMemory(ancestor).find((entry) => entry.pid === pid);
  if (found === undefined) return undefined;
  return { now: found.now, peak: Math.max(found.peak, seenPeaks.get(pid) ?? 0) };
}

function encode(name: Name, picture: string, side: number) {
  return entrantOf(name).page.evaluate(([url, cut]) => bench.encode(url, cut), [
    `/samples/${picture}`,
    side,
  ] as const);
}

function distance(one: readonly number[] = [], other: readonly number[] = []): string {
  let product = 0;
  let squares = 0;
  let otherSquares = 0;
  for (const [index, value] of one.entries()) {
    const opposite = other[index] ?? 0;
    product += value * opposite;
    squares += value ** 2;
    otherSquares += opposite ** 2;
  }
  return (1 - product / Math.sqrt(squares * otherSquares)).toExponential(1);
}

function round3(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function summarize(milliseconds: readonly number[]): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  const least = round(Math.min(...milliseconds));
  const most = round(Math.max(...milliseconds));
  return `${round(median(milliseconds))} [${least}, ${most}]`;
}
