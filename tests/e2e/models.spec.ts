import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";
import type { FakeHub } from "../helpers/fake-hub.ts";
import { demoFile } from "../helpers/small-hub.ts";
import { test } from "./converter-bench.ts";
import { marks, pickSample, sentences, shownRows } from "./fixtures.ts";
import type { SiteServer } from "./site-server.ts";

const VISION_FILE = "onnx/vision_model_fp16.onnx";
const NAME = "CLIP ViT-B/32 with PaintingCLIP";
const MAKE_TIMEOUT = 45_000;

/** The demo encoder under the names of the public files, so that the site's sentences fit what is made of them. */
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

test.use({ serviceWorkers: "block", files });

/** Opens the page with the hub as its mirror. */
async function openPage(page: Page, site: SiteServer, hub: FakeHub): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${site.address}#mirror=${encodeURIComponent(hub.url)}`);
  await expect(page.locator(".sample").first()).toBeVisible();
}

const modelButton = (page: Page) => page.getByRole("button", { name: /^Models\. In use/ });
const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Models" });

async function openShelf(page: Page): Promise<Locator> {
  await modelButton(page).click();
  const dialog = dialogOf(page);
  await expect(dialog.getByRole("heading", { name: "On this device" })).toBeVisible();
  return dialog;
}

const published = (dialog: Locator) =>
  dialog
    .locator('[data-model="clip-vit-base-patch32+painting-clip"]')
    .getByRole("button", { name: /^(Download|Continue)/ });

async function makePublished(page: Page): Promise<Locator> {
  const dialog = await openShelf(page);
  await published(dialog).click();
  await expect(dialog.getByText(`${NAME} is ready and in use.`)).toBeVisible({
    timeout: MAKE_TIMEOUT,
  });
  return dialog;
}

async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`)).toEqual([]);
}

test("a published model is downloaded, left, continued, converted, used, and there at the next visit", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  await pickSample(page, 0);
  const rows = await shownRows(page);
  const dialog = await openShelf(page);
  await expect(dialog).toContainText(`from ${new URL(hub.url).host}`);
  await expect(dialog).toContainText("keeps about 102 MB");
  await expectNoViolation(page);

  hub.throttle = 400_000;
  await expect(published(dialog)).toHaveText(/^Download 176 MB$/);
  await published(dialog).click();
  const progress = dialog.getByRole("progressbar", { name: "Download" });
  const loaded = async () => Number(await progress.getAttribute("value"));
  await expect.poll(loaded).toBeGreaterThan(600_000);
  await expect(dialog.locator(".make-numbers")).toContainText(/a second, (a few|less)/);
  await expectNoViolation(page);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toContainText("Cancelled. What was downloaded");
  await expect(published(dialog)).toHaveText(/^Continue: .+ of .+ are here$/);
  await expect(dialog.locator("p[role=status]")).toHaveText("Cancelled");

  await openPage(page, site, hub);
  hub.throttle = null;
  hub.reset();
  const next = await openShelf(page);
  await expect(published(next)).toHaveText(/^Continue: /);
  await published(next).click();
  await expect(next.getByText(`${NAME} is ready and in use.`)).toBeVisible({
    timeout: MAKE_TIMEOUT,
  });
  expect(hub.bytes()).toBeLessThan((files.get(VISION_FILE)?.length ?? 0) - 300_000);
  await expect(next).toContainText("reads pictures; not yet phrases");
  await page.keyboard.press("Escape");
  await expect(dialogOf(page)).toHaveCount(0);
  await expect(modelButton(page)).toBeFocused();
  await expect(modelButton(page)).toContainText("CLIP ViT-B/32");
  await pickSample(page, 0);
  expect(await shownRows(page)).toEqual(rows);

  await hub.close();
  await openPage(page, site, hub);
  await expect(modelButton(page)).toContainText("CLIP ViT-B/32");
  await pickSample(page, 0);
  expect(await shownRows(page)).toEqual(rows);
  await expect(page.locator(".about")).toContainText("this device converted them");
});

test("what a broken-off download has left can be deleted", async ({ page, site, hub }) => {
  await openPage(page, site, hub);
  const dialog = await openShelf(page);
  hub.throttle = 400_000;
  await published(dialog).click();
  const progress = dialog.getByRole("progressbar", { name: "Download" });
  const loaded = async () => Number(await progress.getAttribute("value"));
  await expect.poll(loaded).toBeGreaterThan(300_000);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const discard = dialog.getByRole("button", { name: `Delete what is here: ${NAME}` });
  await discard.click();
  await expect(discard).toHaveCount(0);
  await expect(published(dialog)).toHaveText(/^Download/);
  hub.throttle = null;
  hub.reset();
  await published(dialog).click();
  await expect(dialog.getByText(`${NAME} is ready and in use.`)).toBeVisible({
    timeout: MAKE_TIMEOUT,
  });
  expect(hub.bytes()).toBeGreaterThan(files.get(VISION_FILE)?.length ?? 0);
});

test("another model reads the shown picture again, and the part for texts is fetched when first needed, if one agrees", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  await pickSample(page, 2);
  const rows = await shownRows(page);
  await makePublished(page);
  await page.keyboard.press("Escape");
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect(page.locator(".picture-name")).toBeVisible();
  expect(await shownRows(page)).toEqual(rows);
  await sentences(page).first().hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");

  // A worker that dies is given the made pack again.
  const encoder = page.workers().find((worker) => worker.url().includes("encoder.worker"));
  if (encoder === undefined) throw new Error("no encoder");
  // Its answer is lost with it.
  await encoder.evaluate(() => self.close()).catch(() => undefined);
  await expect.poll(() => page.workers().includes(encoder)).toBe(false);
  // The same picture once more: what stands on the page does not tell when it was read.
  const shown = async () => (await marks(page, "results-shown")).length;
  const before = await shown();
  await pickSample(page, 2);
  await expect.poll(shown).toBeGreaterThan(before);
  expect(await shownRows(page)).toEqual(rows);
  await expect(page.getByRole("alert")).toHaveCount(0);

  hub.reset();
  const field = page.getByRole("combobox", { name: "Words" });
  await field.fill("a red boat");
  await field.press("Enter");
  const offer = page.getByRole("region", { name: "Question" });
  await expect(offer).toContainText("cannot read words yet");
  await expect(offer).toContainText("It has 130 MB");
  expect(hub.requests).toEqual([]);
  await expectNoViolation(page);
  await offer.getByRole("button", { name: "Not now" }).click();
  await expect(offer).toHaveCount(0);
  expect(hub.requests).toEqual([]);
  expect(await shownRows(page)).toEqual(rows);

  await field.fill("a red boat");
  await field.press("Enter");
  await offer.getByRole("button", { name: "Fetch the part for texts" }).click();
  await expect(page.locator(".result-head")).toContainText("“a red boat”", {
    timeout: MAKE_TIMEOUT,
  });
  await expect(sentences(page)).toHaveCount(25);
  const dialog = await openShelf(page);
  await expect(dialog).toContainText("reads pictures and phrases");
});

test("a made model is removed after a question, and the page goes on with the demo encoder", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  const dialog = await makePublished(page);
  await expect(published(dialog)).toHaveCount(0);
  await expect(dialog).toContainText("It is on this device.");
  await dialog.getByRole("button", { name: `Remove ${NAME}` }).click();
  await expectNoViolation(page);
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await dialog.getByRole("button", { name: `Remove ${NAME}` }).click();
  await dialog.getByRole("button", { name: "Remove it" }).click();
  await expect(dialog.getByRole("button", { name: `Remove ${NAME}` })).toHaveCount(0);
  await expect(published(dialog)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(modelButton(page)).toContainText("Demo encoder");
  await pickSample(page, 0);
  await openPage(page, site, hub);
  await expect(modelButton(page)).toContainText("Demo encoder");
});

test("a made model that has vanished is said in a sentence, and the demo encoder answers", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  await page.evaluate((name) => {
    localStorage.setItem("artefact.model", JSON.stringify({ kind: "made", packId: "gone", name }));
  }, NAME);
  await openPage(page, site, hub);
  await expect(modelButton(page)).toBeVisible();
  await expect(page.getByRole("alert")).toContainText(`“${NAME}” is no longer on this device`);
  await pickSample(page, 0);
  await expect(modelButton(page)).toContainText("Demo encoder");
});

test("a hub that refuses is a sentence with a way on", async ({ page, site, hub }) => {
  hub.faults.set(VISION_FILE, { kind: "status", status: 403 });
  await openPage(page, site, hub);
  const dialog = await openShelf(page);
  await published(dialog).click();
  await expect(dialog.getByRole("alert")).toContainText("answered 403", { timeout: MAKE_TIMEOUT });
  await expectNoViolation(page);
  hub.faults.clear();
  await dialog.getByRole("button", { name: "Try again" }).click();
  await expect(dialog.getByText(`${NAME} is ready and in use.`)).toBeVisible({
    timeout: MAKE_TIMEOUT,
  });
});

const own = (name: string) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(demoFile(name)),
});

test("a person's own files become a model without any network; what is missing is said", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  const dialog = await openShelf(page);
  const input = dialog.getByLabel("Files of a model");
  await input.setInputFiles([own("vision.safetensors")]);
  await expect(dialog.getByRole("alert")).toContainText("no config.json");
  await input.setInputFiles([own("adapter_config.json"), own("adapter_model.safetensors")]);
  await expect(dialog).toContainText("These files are an adapter");
  await expect(dialog.locator('[data-model$="own-adapter"]')).toContainText("your adapter");
  await input.setInputFiles(
    [
      "config.json",
      "preprocessor_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ].map(own),
  );
  await expect(dialog.getByText("is ready and in use.").first()).toBeVisible({
    timeout: MAKE_TIMEOUT,
  });
  expect(hub.requests).toEqual([]);
  await page.keyboard.press("Escape");
  await pickSample(page, 0);
});

test("axe finds nothing on the shelf at three widths, light and dark, and nothing is cut off", async ({
  page,
  site,
  hub,
}) => {
  await openPage(page, site, hub);
  const dialog = await openShelf(page);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [320, 768, 1440]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      await expectNoViolation(page);
      const overflow = await dialog.evaluate(
        (element) => element.scrollWidth - element.clientWidth,
      );
      expect(overflow).toBe(0);
    }
  }
});
