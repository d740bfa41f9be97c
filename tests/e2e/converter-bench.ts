import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { ADAPTER_SOURCES, MODEL_SOURCES } from "../../src/config/model-sources.ts";
import type { MadePack } from "../../src/core/protocol.ts";
import { type FakeHub, startFakeHub } from "../helpers/fake-hub.ts";
import { boatPng } from "./pictures.ts";
import { type SiteServer, startSite } from "./site-server.ts";
import { type Bench, benchOverlays, openBench } from "./worker-bench.ts";

/** What a test with public files of its own gets. */
interface BenchFixtures {
  /** Content of the public files by their paths inside the repositories. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly hub: FakeHub;
  readonly site: SiteServer;
}

const [model] = MODEL_SOURCES;
const [adapter] = ADAPTER_SOURCES;

/** Every test gets a hub with its files and a site configured for them, and fails when a policy was broken. */
export const test = base.extend<BenchFixtures>({
  files: [new Map(), { option: true }],
  hub: async ({ files }, use) => {
    const inRepositories = [...files].map(([path, content]) => {
      const isOfAdapter = adapter?.files.some((file) => file.path === path);
      const repository = (isOfAdapter ? adapter : model)?.place.repository;
      return [`${repository}/${path}`, content] as const;
    });
    const hub = await startFakeHub(new Map(inRepositories));
    await use(hub);
    await hub.close();
  },
  site: async ({ files }, use) => {
    const site = await startSite(benchOverlays(files));
    await use(site);
    expect(site.violations, "violations of the Content-Security-Policy").toEqual([]);
    await site.stop();
  },
});

/** Makes the pack of the first public model with its adapter; the request is cancelled once so many bytes are there. */
export function makePack(
  page: Page,
  hub: FakeHub,
  cancelAt = Number.POSITIVE_INFINITY,
): Promise<MadePack> {
  return page.evaluate(
    ([mirror, cancelAt, weights, adapter]) => {
      const { converter, Comlink } = globalThis as unknown as Bench;
      const request = {
        weights: { kind: "hub", id: weights },
        adapter: { kind: "hub", id: adapter },
        mirror,
      } as const;
      const report = Comlink.proxy((progress: { phase: string; loaded?: number }) => {
        if (progress.phase === "download") performance.mark("downloaded");
        const isThere = progress.phase === "download" && (progress.loaded ?? 0) >= cancelAt;
        if (isThere) void converter.cancel("make");
      });
      performance.mark("asked");
      return converter.make("make", request, report).finally(() => performance.mark("made"));
    },
    [hub.url, cancelAt, model?.id ?? "", adapter?.id ?? ""] as const,
  );
}

/** How long the last {@link makePack} took to download and to convert, in milliseconds. */
export function makeTimes(page: Page): Promise<{ download: number; convert: number }> {
  return page.evaluate(() => {
    const last = (name: string) => performance.getEntriesByName(name).at(-1)?.startTime ?? 0;
    const downloaded = last("downloaded");
    return { download: downloaded - last("asked"), convert: last("made") - downloaded };
  });
}

/** Gives a made pack its text part. */
export function makeText(page: Page, packId: string): Promise<MadePack> {
  return page.evaluate((packId) => {
    const { converter, Comlink } = globalThis as unknown as Bench;
    return converter.makeText(
      "text",
      packId,
      Comlink.proxy(() => {}),
    );
  }, packId);
}

/** Opens a made pack in the encoder (null: the published one), and embeds a picture, and a phrase where one is given. */
export function embed(page: Page, packId: string | null, phrase: string | null) {
  return page.evaluate(
    async ([packId, picture, phrase]) => {
      const { converter, encoder, Comlink } = globalThis as unknown as Bench;
      const report = Comlink.proxy(() => {});
      const pack =
        packId === null
          ? { kind: "url" as const, url: new URL("/models/demo/", location.href).href }
          : { kind: "files" as const, files: await converter.files("files", packId) };
      const started = performance.now();
      const info = await encoder.open(
        "open",
        { pack, providers: ["wasm"], allowSoftwareAdapter: false, safeMode: false },
        report,
      );
      const opened = performance.now();
      const blob = await (await fetch(picture)).blob();
      const encoded = await encoder.encodePicture(
        "encode",
        blob,
        { framing: { kind: "centre" }, fineness: 1 },
        report,
      );
      const ended = performance.now();
      const texts = phrase === null ? null : await encoder.embedTexts("texts", [phrase], report);
      return {
        info,
        whole: [...encoded.whole.base],
        adapted: [...encoded.whole.adapted],
        phrase: texts === null ? null : [...texts.adapted],
        openMs: opened - started,
        encodeMs: ended - opened,
      };
    },
    [packId, `data:image/png;base64,${boatPng(320, 240).toString("base64")}`, phrase] as const,
  );
}

/** The next visit of the same person. */
export async function revisit(context: BrowserContext, site: SiteServer): Promise<Page> {
  const page = await context.newPage();
  await openBench(page, site);
  return page;
}
