import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { demoFile } from "../helpers/small-hub.ts";
import { embed, makePack, makeText, revisit, test } from "./converter-bench.ts";
import { type Bench, DIST, openBench } from "./worker-bench.ts";

const VISION_FILE = "onnx/vision_model_fp16.onnx";

/** The demo encoder under the names of the public files: weights are recognised by their content. */
const files = new Map<string, Uint8Array>([
  ["config.json", demoFile("config.json")],
  ["preprocessor_config.json", demoFile("preprocessor_config.json")],
  [VISION_FILE, demoFile("vision.safetensors")],
  ["tokenizer.json", demoFile("tokenizer.json")],
  ["tokenizer_config.json", demoFile("tokenizer_config.json")],
  ["onnx/text_model_fp16.onnx", demoFile("text.safetensors")],
  ["data/models/PaintingClip/adapter_config.json", demoFile("adapter_config.json")],
  ["data/models/PaintingClip/adapter_model.safetensors", demoFile("adapter_model.safetensors")],
]);
const weightBytes = files.get(VISION_FILE)?.length ?? 0;

test.use({ serviceWorkers: "block", files });

test("a pack made from a hub that fails in many ways embeds exactly as the published one", async ({
  page,
  site,
  hub,
}) => {
  await openBench(page, site);
  const at = Array.from({ length: 10 }, (_, index) =>
    Math.round((weightBytes * (index + 0.5)) / 10),
  );
  hub.faults.set(VISION_FILE, { kind: "drop", at: [...at] });
  hub.signedUses = 2;
  const made = await makePack(page, hub);
  expect(made).toMatchObject({ name: "CLIP ViT-B/32", hasText: false, storage: "kept" });
  // A browser may drop what it had received but not passed on when a connection breaks; all of it again would be ten times.
  expect(hub.bytes()).toBeLessThan(1.5 * weightBytes);
  expect(hub.requests.filter(({ method }) => method !== "GET")).toEqual([]);

  const ours = await embed(page, made.packId, null);
  expect(ours.info).toMatchObject({ hasText: false, hasAdapter: true });
  expect((await makeText(page, made.packId)).hasText).toBe(true);
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
  site,
  hub,
}) => {
  await openBench(page, site);
  const made = await makePack(page, hub);
  await page.close();
  await hub.close();
  const next = await revisit(context, site);
  const list = await next.evaluate(() => (globalThis as unknown as Bench).converter.list("list"));
  expect(list).toEqual([made]);
  expect((await embed(next, made.packId, null)).info.packId).toBe(made.packId);
});

test("a download that was left goes on at the next visit with what is missing", async ({
  page,
  context,
  site,
  hub,
}) => {
  await openBench(page, site);
  hub.throttle = 8_000_000;
  await expect(makePack(page, hub, weightBytes / 2)).rejects.toThrow(/abort/);
  await page.close();
  hub.throttle = null;
  hub.reset();
  const next = await revisit(context, site);
  expect((await makePack(next, hub)).storage).toBe("kept");
  const first = hub.requests.find(({ host }) => host === "store");
  const start = Number(/bytes=(\d+)-/.exec(first?.range ?? "")?.[1] ?? 0);
  // The small files, which were counted too, came first.
  expect(start).toBeGreaterThanOrEqual(weightBytes / 2 - 100_000);
  expect(hub.bytes()).toBeLessThanOrEqual(weightBytes - start);
});

test("what cannot be healed is a clear error, and what was right is not fetched again", async ({
  page,
  site,
  hub,
}) => {
  await openBench(page, site);
  hub.faults.set(VISION_FILE, { kind: "wrong-bytes" });
  await expect(makePack(page, hub)).rejects.toThrow(/hash-mismatch/);
  hub.faults.set(VISION_FILE, { kind: "status", status: 403 });
  await expect(makePack(page, hub)).rejects.toThrow(/http-status.*403/);
  hub.faults.clear();
  hub.reset();
  await makePack(page, hub);
  expect(hub.requests.some(({ path }) => path.endsWith("/preprocessor_config.json"))).toBe(false);
});

test("the site's other workers may not ask a hub", async ({ page, site, hub }) => {
  await openBench(page, site);
  const refusal = await page.evaluate(async (url) => {
    const { encoder, Comlink } = globalThis as unknown as Bench;
    const pack = { kind: "url", url } as const;
    const request = { pack, providers: ["wasm"], safeMode: false } as const;
    const report = Comlink.proxy(() => {});
    return encoder.open("open", { ...request, allowSoftwareAdapter: false }, report).catch(String);
  }, `${hub.url}pack/`);
  expect(refusal).toMatch(/network/);
  expect(hub.requests).toEqual([]);
  await expect.poll(() => site.violations.join()).toContain("connect-src");
  site.violations.length = 0;
});

test("headers of the build give the converter, and no other script, the right to ask hosts", () => {
  const headers = readFileSync(join(DIST, "_headers"), "utf8");
  const [, ofConverter = ""] = /\/converter\/\*\n((?: {2}.*\n)+)/.exec(headers) ?? [];
  expect(ofConverter).toContain("connect-src 'self' https:");
  expect(headers.replace(ofConverter, "")).not.toContain("https:");
});
