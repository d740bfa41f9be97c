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
  await openSite(page, site);
  await page.locator(".sample").first().click();
  const take = page.getByRole("button", { name: "Embed the sentences" });
  await take.click();
  const progress = page.getByRole("progressbar", { name: "Sentences embedded" });
  const done = async () => Number(await progress.getAttribute("value"));
  await expect.poll(done).toBeGreaterThan(30);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator(".load-progress")).toHaveCount(0);
  await page.locator(".sample").first().click();
  await take.click();
  await expect(progress).toBeVisible();
  expect(await done()).toBeGreaterThan(30);
  await expect(sentences(page)).toHaveCount(25);
});
