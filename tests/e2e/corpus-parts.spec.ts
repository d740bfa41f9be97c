import AxeBuilder from "@axe-core/playwright";
import { type EditionWithImages, makeEditionWithImages } from "./edition-with-images.ts";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

/** No picture comes as near as this. */
const OUT_OF_REACH = 0.999;

let edition: EditionWithImages;

test.use({
  serviceWorkers: "block",
  overlays: async ({ browserName: _ }, use) => {
    edition = await makeEditionWithImages(OUT_OF_REACH);
    await use({ "/edition/sample/": edition.folder });
    await edition.remove();
  },
});

test("the pictures of a work are shown in page order once their bytes are checked, and one is searched with", async ({
  page,
  site,
}) => {
  await page.goto(`${site.address}#/work/${edition.workId}`);
  const images = page.locator(".work-image");
  await expect(images).toHaveCount(edition.images);
  await images.first().scrollIntoViewIfNeeded();
  await expect(images.nth(0)).toContainText("Page 3 of the scan");
  await expect(images.nth(1)).toContainText("Page 5 of the scan");
  const search = images.nth(0).getByRole("button", { name: /^Search with this picture/ });
  await expect(search).toBeVisible();
  expect(await search.locator("img").evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(
    240,
  );
  // The second is not what the edition says that it is.
  await expect(images.nth(1).getByRole("alert")).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await search.click();
  await expect(page.locator(".picture-name")).toHaveText(/^Page 3 of the scan, /);
  await expect(sentences(page)).toHaveCount(25);
  await page.goBack();
  await expect(page.locator(".work-query img")).toBeVisible();
});

test("kinds of sentence are hidden until they are asked for, and a picture that reaches nothing is said to", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const head = page.locator(".result-head");
  await expect(head).toContainText("Nothing close was found.");
  await expect(head).toContainText("19 of 20 pictures");
  const kinds = head.locator(".kinds");
  await kinds.getByText("Captions, references and the like are hidden").click();
  await expect(kinds.getByRole("checkbox")).toHaveCount(2);
  await kinds.getByRole("checkbox", { name: /^Captions/ }).check();
  await expect(page.locator('.result-list[aria-busy="false"]')).toBeVisible();
  await expect(kinds).toContainText("1 of 2 kinds of sentence are hidden");
  await expect(kinds.getByRole("checkbox", { name: /^Captions/ })).toBeFocused();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  // A filtered list says nothing of the works that are left out.
  await page.getByText("Filter by topic, creator or year").click();
  await page.getByRole("checkbox", { name: /^Portraiture/ }).check();
  await expect(page.locator('.result-list[aria-busy="false"]')).toBeVisible();
  await expect(head).not.toContainText("Nothing close was found.");
});
