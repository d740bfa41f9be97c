import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page } from "@playwright/test";
import { ENCODER, waitForEncoder } from "./encoder-of-page.ts";
import { expect, openSite, pickSample, sentences, shownRows, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

/** Put before the encoder's script: reading a picture ends the worker without an error, as a browser short of memory does. */
const CLOSES = "self.createImageBitmap = () => { self.close(); return new Promise(() => {}); };";
/** Reading a picture never ends. */
const HANGS = "self.createImageBitmap = () => new Promise(() => {});";
/** Counts the encoders that a page starts. */
function countEncoders(page: Page): () => number {
  let count = 0;
  page.on("worker", (worker) => {
    if (worker.url().includes(ENCODER)) count += 1;
  });
  return () => count;
}

test("a worker that ends under a request is replaced, and the request is answered by itself", async ({
  page,
  site,
}) => {
  const encoders = countEncoders(page);
  await openSite(page, site);
  await pickSample(page, 0);
  const worker = await waitForEncoder(page);
  await worker.evaluate(CLOSES);
  await pickSample(page, 1);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(encoders()).toBe(2);
  await sentences(page).first().hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
});

test("a second end is shown, once, and what was on the page stays", async ({ page, site }) => {
  const encoders = countEncoders(page);
  await openSite(page, site);
  await pickSample(page, 0);
  const before = await shownRows(page);
  await (await waitForEncoder(page)).evaluate(CLOSES);
  site.faults.set(ENCODER, { kind: "prepend", script: CLOSES });
  await page.locator(".sample").nth(1).click();
  await expect(page.getByRole("alert")).toContainText("The model stopped unexpectedly");
  expect(encoders()).toBe(2);
  expect(await shownRows(page)).toEqual(before);
  site.faults.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect.poll(() => shownRows(page)).not.toEqual(before);
});

/** Opens the site in a tab of its own and lets it hang in the middle of reading a picture. */
async function hangingTab(context: BrowserContext, address: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(address);
  await tab.locator(".sample").first().click();
  await expect(tab.locator(".load-progress")).toBeVisible();
  await expect
    .poll(() => tab.evaluate(() => performance.getEntriesByName("tower-started").length))
    .toBe(1);
  return tab;
}

const careful = (page: Page) => page.locator("[data-safe-start]");

test("after a crash in the middle of its work the page starts carefully, says so, and goes back when asked", async ({
  page,
  context,
  site,
}) => {
  site.faults.set(ENCODER, { kind: "prepend", script: HANGS });
  const tab = await hangingTab(context, site.address);
  const crashed = tab.waitForEvent("crash");
  const devtools = await context.newCDPSession(tab);
  // It has no answer: what would give it is gone.
  devtools.send("Page.crash").catch(() => {});
  await crashed;
  site.faults.clear();
  site.requests.length = 0;

  await openSite(page, site);
  await expect(careful(page)).toContainText("ended unexpectedly");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.waitForTimeout(2500);
  expect(site.requests.filter((path) => /models\/|\.wasm/.test(path))).toEqual([]);
  await pickSample(page, 0);
  await expect(page.locator(".site-status")).toContainText("on the processor");

  await page.getByRole("button", { name: "Try the normal way" }).click();
  await expect(careful(page)).toHaveCount(0);
  await pickSample(page, 1);
  await page.reload();
  await expect(page.locator(".sample").first()).toBeVisible();
  await expect(careful(page)).toHaveCount(0);
});

test("neither a tab that is at work nor one that was closed or reloaded is taken for a crash", async ({
  page,
  context,
  site,
}) => {
  site.faults.set(ENCODER, { kind: "prepend", script: HANGS });
  const tab = await hangingTab(context, site.address);
  await openSite(page, site);
  await expect(careful(page)).toHaveCount(0);
  await tab.reload();
  await expect(tab.locator(".sample").first()).toBeVisible();
  await expect(careful(tab)).toHaveCount(0);
  await tab.locator(".sample").first().click();
  await expect(tab.locator(".load-progress")).toBeVisible();
  await tab.close({ runBeforeUnload: true });
  await page.reload();
  await expect(page.locator(".sample").first()).toBeVisible();
  await expect(careful(page)).toHaveCount(0);
});

test("scripts that an update has taken away are a sentence with a way on", async ({
  page,
  site,
}) => {
  site.faults.set(ENCODER, { kind: "status", status: 404 });
  site.faults.set("ModelDialog", { kind: "status", status: 404 });
  await openSite(page, site);
  await page.getByRole("button", { name: /^Models/ }).click();
  await expect(page.getByRole("alert")).toContainText("A part of this page could not be loaded");
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator(".sample").first().click();
  await expect(page.getByRole("alert")).toContainText("A part of this page could not be loaded");
  site.faults.clear();
  await page.getByRole("button", { name: "Reload the page" }).click();
  await pickSample(page, 0);
});

async function drop(page: Page, type: string, data: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([type, data]) => {
      const made = new DataTransfer();
      made.setData(type ?? "", data ?? "");
      return made;
    },
    [type, data],
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  await expect(page.locator(".drop-target")).toHaveCount(0);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

test("a dropped text is refused beside the picture that loads, and can be dismissed", async ({
  page,
  site,
}) => {
  site.faults.set("/samples/", { kind: "slow", delay: 10 });
  await openSite(page, site);
  await page.locator(".sample").first().click();
  await expect(page.locator(".load-progress, article.sentence").first()).toBeVisible();
  await drop(page, "text/plain", "not a picture");
  await expect(page.getByRole("alert")).toContainText("No picture was dropped");
  await expect(sentences(page)).toHaveCount(25);
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(sentences(page)).toHaveCount(25);
});

test("the focus stays on the page when the control that had it goes, and a cancellation is heard", async ({
  page,
  site,
}) => {
  site.faults.set(ENCODER, { kind: "prepend", script: HANGS });
  await openSite(page, site);
  await page.locator(".sample").first().focus();
  await page.keyboard.press("Enter");
  const cancel = page.getByRole("button", { name: "Cancel" });
  await expect(cancel).toBeVisible();
  const focused = () => page.evaluate(() => document.activeElement?.className ?? "nothing");
  await expect.poll(focused).toBe("load-title");
  await cancel.focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("p[role=status]")).toHaveText("Cancelled");
  await expect.poll(focused).toBe("invitation");
});

test("an answer that reads the same as the one before is heard again", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page, 0);
  const heard = () => page.locator("p[role=status]").textContent();
  await expect(page.locator("p[role=status]")).toHaveText(/^25 sentences/);
  const first = await heard();
  await pickSample(page, 0);
  await expect.poll(heard).not.toBe(first);
  await expect(page.locator("p[role=status]")).toHaveText(/^25 sentences/);
});
