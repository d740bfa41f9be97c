import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type LaunchOptions, type Page } from "@playwright/test";
import type { ScalePage, ScaleRequest, Searched } from "./scale-page.ts";
import { type Traffic, type TrafficCounter, trafficSince } from "./traffic.ts";

declare const bench: ScalePage;

/** One step of a visit: a search, or opening the edition. */
export interface MeasuredStep {
  readonly milliseconds: number;
  readonly requests: number;
  readonly bytes: number;
  /** Share of the corpus that was scanned. */
  readonly scanned: number;
}

/** A search: every answer on its way, and the last one. */
export interface MeasuredSearch {
  readonly waves: readonly MeasuredStep[];
  readonly isComplete: boolean;
  readonly rows: readonly number[];
  /** Milliseconds by step, as the worker tells them. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Where the page and the edition are served, and what counts the answers. */
export interface ScaleSite {
  /** How to start the browser. */
  readonly launch: LaunchOptions;
  readonly address: string;
  /** Path of the edition on the same site. */
  readonly edition: string;
  readonly traffic: TrafficCounter;
  /**
   * A pause before every search, as a reader makes it: the worker's pace (600 requests at once, then 6 a second, to spare public hubs)
   * would otherwise be all that searches in quick succession measure.
   */
  readonly readingMs: number;
}

/** A visit's page with the edition open. */
export interface OpenVisit {
  readonly opened: MeasuredStep;
  search(request: ScaleRequest): Promise<MeasuredSearch>;
  /** Scores what is in memory for several requests at once. */
  prepare(requests: readonly ScaleRequest[]): Promise<MeasuredStep>;
  /** Everything onto the device. */
  download(): Promise<MeasuredStep>;
}

/** Opens the edition in a fresh profile, hands the visit to `use`, and ends it. */
export async function visit<Result>(
  { launch, address, edition, traffic, readingMs }: ScaleSite,
  use: (visit: OpenVisit) => Promise<Result>,
): Promise<Result> {
  // A profile on disk: one that lives in memory keeps a whole edition there, too, and ends the browser.
  const profile = await mkdtemp(join(tmpdir(), "visit-"));
  const context = await chromium.launchPersistentContext(profile, launch);
  try {
    const page = await context.newPage();
    const notes: Traffic[] = [];
    await page.exposeFunction("noteWave", () => {
      notes.push(traffic.now());
    });
    await page.goto(address);
    await page.waitForFunction(() => "bench" in globalThis);
    const before = traffic.now();
    const { milliseconds } = await page.evaluate((url) => bench.open(url), edition);
    const opened = { milliseconds, scanned: 0, ...trafficSince(before, traffic.now()) };
    return await use({
      opened,
      async search(request) {
        await page.waitForTimeout(readingMs);
        return search(page, request, notes, traffic);
      },
      prepare: (requests) =>
        step(() => page.evaluate((asked) => bench.prepare(asked), requests), traffic),
      download: () => step(() => page.evaluate(() => bench.download()), traffic),
    });
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

/** Measures work that gives the milliseconds it took. */
async function step(work: () => Promise<number>, traffic: TrafficCounter): Promise<MeasuredStep> {
  const before = traffic.now();
  const milliseconds = await work();
  return { milliseconds, scanned: 0, ...trafficSince(before, traffic.now()) };
}

async function search(
  page: Page,
  request: ScaleRequest,
  notes: Traffic[],
  traffic: TrafficCounter,
): Promise<MeasuredSearch> {
  notes.length = 0;
  const before = traffic.now();
  const { waves, total, isComplete, rows, timings }: Searched = await page.evaluate(
    (asked) => bench.search(asked),
    request,
  );
  return {
    isComplete,
    rows,
    timings,
    waves: waves.map(({ milliseconds, scanned }, wave) => ({
      milliseconds,
      scanned: scanned / total,
      ...trafficSince(before, notes[wave] ?? traffic.now()),
    })),
  };
}
