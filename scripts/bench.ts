// `npm run bench`: the built site in a real browser, from a picture to its sentences and maps. Writes bench/results.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "@playwright/test";
import { openPackInNode } from "./build-model/node-sessions.ts";
import { findChromium } from "./find-chromium.mjs";
import { median } from "./median.ts";
import { buildSite } from "./prepare.mjs";
import { serve } from "./serve.mjs";

const ROUNDS = 7;
const SITE = fileURLToPath(new URL("../dist", import.meta.url));
const PACK = fileURLToPath(new URL("../public/models/demo", import.meta.url));
const RESULTS = fileURLToPath(new URL("../bench", import.meta.url));
/** The page's own marks on its timeline, in order; see src/app/session/create-session.ts. */
const MARKS = ["tower-started", "picture-encoded", "results-shown", "maps-ready"] as const;
/** Places in the row of samples. */
const PICTURES = [0, 3, 5] as const;

type MarkName = (typeof MARKS)[number];
type Timeline = Readonly<Record<MarkName | "chosen", number>>;

buildSite();
const site = await serve(SITE, 0);
const executablePath = findChromium();
// WASM only: a software GPU says nothing about a real one
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
});
const cold = [];
const warm = [];
const revisits = [];
const rankings = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const measured = await measureVisit(browser, site.address);
  cold.push(measured.cold);
  warm.push(...measured.warm);
  revisits.push(measured.revisit);
  rankings.push(measured);
}
const version = browser.version();
await browser.close();
await site.close();

const stage = (timelines: readonly Timeline[], from: "chosen" | MarkName, to: MarkName) =>
  summarize(timelines.map((timeline) => timeline[to] - timeline[from]));
const stages = (timelines: readonly Timeline[]) => ({
  "picture chosen to 25 sentences": stage(timelines, "chosen", "results-shown"),
  "decode and embed": stage(timelines, "tower-started", "picture-encoded"),
  search: stage(timelines, "picture-encoded", "results-shown"),
  "25 maps": stage(timelines, "results-shown", "maps-ready"),
});
const results = {
  date: new Date().toISOString(),
  machine: {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    browser: `Chromium ${version}`,
    provider: "wasm",
  },
  unit: "milliseconds: median [least, most] of n",
  cold: {
    ...stages(cold.map(({ timeline }) => timeline)),
    "page opened to 25 sentences": summarize(cold.map(({ timeline }) => timeline["results-shown"])),
    "bytes until maps": summarize(cold.map(({ bytes }) => bytes)),
    "requests until maps": summarize(cold.map(({ requests }) => requests)),
  },
  warm: stages(warm),
  "second visit": stages(revisits),
  "cell to 25 sentences": summarize(rankings.map(({ cell }) => cell)),
  "model switch to 25 sentences": summarize(rankings.map(({ variant }) => variant)),
  "in Node, one thread": await measureTower(),
};
mkdirSync(RESULTS, { recursive: true });
writeFileSync(`${RESULTS}/results.json`, `${JSON.stringify(results, null, 2)}\n`);
console.log(JSON.stringify(results, null, 2));

/** One fresh profile: the first picture, two more, a cell, the other model, and the same page opened again. */
async function measureVisit(chrome: Browser, address: string) {
  const context = await chrome.newContext();
  try {
    const page = await context.newPage();
    let bytes = 0;
    let requests = 0;
    context.on("response", (response) => {
      requests += 1;
      bytes += Number(response.headers()["content-length"] ?? 0);
    });
    await page.goto(address);
    const [first, ...others] = PICTURES;
    const coldTimeline = await timePicture(page, first);
    const atFirst = { timeline: coldTimeline, bytes, requests };
    const warmTimelines: Timeline[] = [];
    for (const picture of others) warmTimelines.push(await timePicture(page, picture));
    const cell = await timeRanking(page, () => page.getByRole("gridcell").nth(24).click());
    const variant = await timeRanking(page, () =>
      page
        .getByRole("group", { name: "Model" })
        .getByRole("radio", { checked: false })
        .click({ force: true }),
    );
    await page.reload();
    const revisit = await timePicture(page, first);
    return { cold: atFirst, warm: warmTimelines, cell, variant, revisit };
  } finally {
    await context.close();
  }
}

async function timePicture(page: Page, picture: number): Promise<Timeline> {
  await page.evaluate(() => performance.clearMarks());
  const sample = page.locator("button.sample").nth(picture);
  await sample.waitFor();
  await sample.evaluate((button) => {
    performance.mark("chosen");
    if (button instanceof HTMLElement) button.click();
  });
  return readMarks(page, ["chosen", ...MARKS]);
}

/** Milliseconds from an action to the final list. */
async function timeRanking(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    performance.clearMarks();
    addEventListener("click", () => performance.mark("clicked"), { capture: true, once: true });
  });
  await act();
  const marks = await readMarks(page, ["clicked", "results-shown"]);
  return marks["results-shown"] - marks.clicked;
}

async function readMarks<Name extends string>(
  page: Page,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  await page.waitForFunction(
    (wanted) => wanted.every((name) => performance.getEntriesByName(name).length > 0),
    [...names] as string[],
  );
  const times: Partial<Record<Name, number>> = {};
  for (const name of names) {
    times[name] = await page.evaluate(
      (wanted) => performance.getEntriesByName(wanted).at(-1)?.startTime ?? 0,
      name,
    );
  }
  return times as Record<Name, number>;
}

/** The tower with both embeddings, all patches and the explanation state, without a browser around it. */
async function measureTower() {
  const { signal } = new AbortController();
  const encoder = await openPackInNode(PACK);
  const side = encoder.manifest.imageSize;
  const rgb = Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * 97) % 256);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    const start = performance.now();
    await encoder.encodeImage(rgb, signal);
    // the first run compiles
    if (round > 0) times.push(performance.now() - start);
  }
  return { "tower, projections and explanation state": summarize(times) };
}

function summarize(values: readonly number[]): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  const least = round(Math.min(...values));
  const most = round(Math.max(...values));
  return `${round(median(values))} [${least}, ${most}] of ${values.length}`;
}
