import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { ADAPTER_SOURCES, MODEL_SOURCES } from "../../src/config/model-sources.ts";
import type { MadePack } from "../../src/core/protocol.ts";
import { type FakeHub, startFakeHub } from "../helpers/fake-hub.ts";
import { demoFile } from "../helpers/small-hub.ts";
import { boatPng } from "./pictures.ts";
import { type SiteServer, startSite } from "./site-server.ts";
import { type Bench, benchOverlays, DIST, openBench } from "./worker-bench.ts";

test.use({ serviceWorkers: "block" });

const [model] = MODEL_SOURCES;
const [adapter] = ADAPTER_SOURCES;
const VISION_FILE = "onnx/vision_model_fp16.onnx";
const TEXT_FILE = "onnx/text_model_fp16.onnx";

/** The demo encoder under the names of the public files: weights are recognised by their content. */
const files = new Map<string, Uint8Array>([
  ["config.json", demoFile("config.json")],
  ["preprocessor_config.json", demoFile("preprocessor_config.json")],
  [VISION_FILE, demoFile("vision.safetensors")],
  ["tokenizer.json", demoFile("tokenizer.json")],
  ["tokenizer_config.json", demoFile("tokenizer_config.json")],
  [TEXT_FILE, demoFile("text.safetensors")],
  ["data/models/PaintingClip/adapter_config.json", demoFile("adapter_config.json")],
  ["data/models/PaintingClip/adapter_model.safetensors", demoFile("adapter_model.safetensors")],
]);
const weightBytes = files.get(VISION_FILE)?.length ?? 0;

let hub: FakeHub;
let site: SiteServer;
test.beforeEach(async () => {
  const inRepositories = [...files].map(([path, content]) => {
    const isAdapter = path.startsWith("data/");
    const repository = isAdapter ? adapter?.place.repository : model?.place.repository;
    return [`${repository}/${path}`, content] as const;
  });
  hub = await startFakeHub(new Map(inRepositories));
  site = await startSite(benchOverlays(files));
});
test.afterEach(async () => {
  expect(site.violations, "violations of the Content-Security-Policy").toEqual([]);
  await site.stop();
  await hub.close();
});

/** Makes the pack; the request is cancelled once so many bytes are there. */
function make(page: Page, cancelAt = Number.POSITIVE_INFINITY): Promise<MadePack> {
  return page.evaluate(
    ([mirror, cancelAt]) => {
      const { converter, Comlink } = globalThis as unknown as Bench;
      const request = {
        weights: { kind: "hub", id: "clip-vit-base-patch32" },
        adapter: { kind: "hub", id: "painting-clip" },
        mirror,
      } as const;
      const report = Comlink.proxy((progress: { phase: string; loaded?: number }) => {
        const isThere = progress.phase === "download" && (progress.loaded ?? 0) >= cancelAt;
        if (isThere) void converter.cancel("make");
      });
      return converter.make("make", request, report);
    },
    [hub.url, cancelAt] as const,
  );
}

/** Opens a made pack in the encoder and embeds a picture, and a phrase where there is a tower for it. */
function embed(page: Page, packId: string | null, phrase: string | null) {
  return page.evaluate(
    async ([packId, picture, phrase]) => {
      const { converter, encoder, Comlink } = globalThis as unknown as Bench;
      const report = Comlink.proxy(() => {});
      const pack =
        packId === null
          ? { kind: "url" as const, url: new URL("/models/demo/", location.href).href }
          : { kind: "files" as const, files: await converter.files("files", packId) };
      const info = await encoder.open(
        "open",
        { pack, providers: ["wasm"], allowSoftwareAdapter: false, safeMode: false },
        report,
      );
      const blob = await (await fetch(picture)).blob();
      const encoded = await encoder.encodePicture(
        "encode",
        blob,
        { framing: { kind: "centre" }, fineness: 1 },
        report,
      );
      const texts = phrase === null ? null : await encoder.embedTexts("texts", [phrase], report);
      return {
        info,
        whole: [...encoded.whole.base],
        adapted: [...encoded.whole.adapted],
        phrase: texts === null ? null : [...texts.adapted],
      };
    },
    [packId, `data:image/png;base64,${boatPng(320, 240).toString("base64")}`, phrase] as const,
  );
}

/** The next visit of the same person. */
async function revisit(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await openBench(page, site);
  return page;
}

const storeBytes = () =>
  hub.requests.filter(({ host }) => host === "store").map(({ range }) => range);

test("a pack made from a hub that fails in many ways embeds exactly as the published one", async ({
  page,
}) => {
  await openBench(page, site);
  const at = Array.from({ length: 10 }, (_, index) =>
    Math.round((weightBytes * (index + 0.5)) / 10),
  );
  hub.faults.set(VISION_FILE, { kind: "drop", at: [...at] });
  hub.signedMs = 150;
  const made = await make(page);
  expect(made).toMatchObject({ name: "CLIP ViT-B/32", hasText: false, storage: "kept" });
  expect(hub.bytes()).toBeLessThan(1.1 * weightBytes);
  expect(hub.requests.filter(({ method }) => method !== "GET")).toEqual([]);

  const ours = await embed(page, made.packId, null);
  expect(ours.info).toMatchObject({ hasText: false, hasAdapter: true });
  const withText = await page.evaluate((packId) => {
    const { converter, Comlink } = globalThis as unknown as Bench;
    return converter.makeText(
      "text",
      packId,
      Comlink.proxy(() => {}),
    );
  }, made.packId);
  expect(withText.hasText).toBe(true);
  const whole = await embed(page, made.packId, "a red boat");
  const published = await embed(page, null, "a red boat");
  expect(whole.whole).toEqual(published.whole);
  expect(whole.adapted).toEqual(published.adapted);
  expect(whole.phrase).toEqual(published.phrase);
  expect(ours.info.fingerprint).toBe(published.info.fingerprint);
  expect(ours.info.adapterFingerprint).toBe(published.info.adapterFingerprint);
});

test("a pack is there at the next visit, without any network but the site's", async ({
  page,
  context,
}) => {
  await openBench(page, site);
  const made = await make(page);
  await page.close();
  await hub.close();
  const next = await revisit(context);
  const list = await next.evaluate(() => (globalThis as unknown as Bench).converter.list("list"));
  expect(list).toEqual([made]);
  expect((await embed(next, made.packId, null)).info.packId).toBe(made.packId);
});

test("a download that was left goes on at the next visit with what is missing", async ({
  page,
  context,
}) => {
  await openBench(page, site);
  hub.throttle = 8_000_000;
  await expect(make(page, weightBytes / 2)).rejects.toThrow(/abort/);
  await page.close();
  hub.throttle = null;
  hub.reset();
  const next = await revisit(context);
  const made = await make(next);
  expect(made.storage).toBe("kept");
  const [range] = storeBytes();
  const start = Number(/bytes=(\d+)-/.exec(range ?? "")?.[1] ?? 0);
  expect(start).toBeGreaterThanOrEqual(weightBytes / 2);
  expect(hub.bytes()).toBeLessThanOrEqual(weightBytes - start);
});

test("what cannot be healed is a clear error, and what was right is not fetched again", async ({
  page,
}) => {
  await openBench(page, site);
  hub.faults.set(VISION_FILE, { kind: "wrong-bytes" });
  await expect(make(page)).rejects.toThrow(/hash-mismatch/);
  hub.faults.set(VISION_FILE, { kind: "status", status: 403 });
  await expect(make(page)).rejects.toThrow(/http-status.*403/);
  hub.faults.clear();
  hub.reset();
  await make(page);
  expect(hub.requests.some(({ path }) => path.endsWith("/preprocessor_config.json"))).toBe(false);
});

test("the site's other workers may not ask a hub", async ({ page }) => {
  await openBench(page, site);
  const encoder = await page.evaluate(async (address) => {
    const { encoder, Comlink } = globalThis as unknown as Bench;
    const pack = { kind: "url", url: address } as const;
    const request = {
      pack,
      providers: ["wasm"],
      allowSoftwareAdapter: false,
      safeMode: false,
    } as const;
    return encoder
      .open(
        "open",
        request,
        Comlink.proxy(() => {}),
      )
      .catch(String);
  }, `${hub.url}pack/`);
  expect(encoder).toMatch(/network/);
  expect(hub.requests).toEqual([]);
  expect(site.violations.join()).toContain("connect-src");
  site.violations.length = 0;
});

test("headers of the build give the converter, and no other script, the right to ask hosts", () => {
  const headers = readFileSync(join(DIST, "_headers"), "utf8");
  const [, ofConverter = ""] = /\/converter\/\*\n((?: {2}.*\n)+)/.exec(headers) ?? [];
  expect(ofConverter).toContain("connect-src 'self' https:");
  expect(headers.replace(ofConverter, "")).not.toContain("https:");
});
