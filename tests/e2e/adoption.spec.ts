import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePack } from "../../scripts/build-model/write-pack.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../helpers/random-clip.ts";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

/** A model that the site's edition was not made with: small, random, and with its own adapter. */
const folder = mkdtempSync(join(tmpdir(), "other-model-"));
const pack = join(folder, "pack");

test.use({ serviceWorkers: "block", overlays: { "/models/demo/": pack } });
test.beforeAll(async () => {
  const { signal } = new AbortController();
  await writePack(randomClipSources(7), RANDOM_PACK_OPTIONS, pack, () => undefined, signal);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("sentences of another model are embedded on the device once the person agrees, kept, and searched under both variants", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await page.locator(".sample").first().click();
  const offer = page.getByRole("region", { name: "Question" });
  await expect(offer).toContainText(/its \d+ sentences/);
  await expect(sentences(page)).toHaveCount(0);
  await offer.getByRole("button", { name: "Embed the sentences" }).click();
  await expect(page.locator(".load-progress")).toContainText(/\d+ of \d+ sentences/);
  await expect(sentences(page)).toHaveCount(25);
  await sentences(page).first().hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  const rows = () => sentences(page).evaluateAll((all) => all.map((one) => one.dataset["row"]));
  const base = await rows();
  await page.getByRole("group", { name: "Model" }).getByRole("radio").nth(1).check();
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect.poll(rows).not.toEqual(base);

  // The next visit finds them where they were kept.
  await page.reload();
  await pickSample(page, 0);
  await expect(offer).toHaveCount(0);
  expect(await rows()).toEqual(base);
});

test("embedding the sentences can be cancelled, and goes on where it ended", async ({
  page,
  site,
}) => {
  // In the page itself: the small model may be done with all of them before a test that looks on has found the button.
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(globalThis, { seen, cancelAbove: 30 });
    new MutationObserver(() => {
      const bar = document.querySelector('progress[aria-label="Sentences embedded"]');
      if (!(bar instanceof HTMLProgressElement) || bar.value === seen.at(-1)) return;
      seen.push(bar.value);
      if (bar.value <= Reflect.get(globalThis, "cancelAbove")) return;
      Object.assign(globalThis, { cancelAbove: Number.POSITIVE_INFINITY });
      const buttons = [...document.querySelectorAll<HTMLElement>(".load-progress button")];
      buttons.find(({ textContent }) => textContent === "Cancel")?.click();
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const seen = () => page.evaluate<number[]>(() => Reflect.get(globalThis, "seen").splice(0));
  await openSite(page, site);
  await page.locator(".sample").first().click();
  const take = page.getByRole("button", { name: "Embed the sentences" });
  await take.click();
  await expect.poll(() => page.evaluate(() => Reflect.get(globalThis, "cancelAbove"))).not.toBe(30);
  await expect(page.locator(".load-progress")).toHaveCount(0);
  await expect(sentences(page)).toHaveCount(0);
  const cancelledAt = Math.max(...(await seen()));
  await page.locator(".sample").first().click();
  await take.click();
  await expect(sentences(page)).toHaveCount(25);
  const [first] = await seen();
  expect(first).toBeGreaterThanOrEqual(cancelledAt);
});
