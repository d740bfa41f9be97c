import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

const title = (page: Page, name?: string) =>
  page.getByRole("heading", { level: 2, ...(name === undefined ? {} : { name }) });
const WORK = "W9000000001";

test("a work has an address of its own that opens without any picture, and again on reload", async ({
  page,
  site,
}) => {
  await page.goto(`${site.address}#/work/${WORK}`);
  const head = page.locator(".work-record h2");
  await expect(head).toBeFocused();
  const name = (await head.textContent()) ?? "";
  await expect(page).toHaveTitle(`${name} – ArteFact`);
  await expect(page.locator(".work-matches")).toContainText("Nothing was searched yet");
  await expect(page.locator(".text-blocks .source-block")).not.toHaveCount(0);
  await page.reload();
  await expect(page.locator(".work-record h2")).toHaveText(name);
  await page.getByRole("link", { name: "Choose a picture" }).click();
  await expect(page.getByText("Choose a picture, or drop your own.")).toBeVisible();
  await expect(page).toHaveTitle("ArteFact");
  await page.goBack();
  await expect(page.locator(".work-record h2")).toHaveText(name);
});

test("a work that the edition has not is said, and the way back is there", async ({
  page,
  site,
}) => {
  await page.goto(`${site.address}#/work/${encodeURIComponent("<b>W0</b>")}`);
  await expect(title(page, "This edition has no work “<b>W0</b>”")).toBeFocused();
  await page.getByRole("link", { name: "Back to the sentences" }).click();
  await expect(page.getByText("Choose a picture, or drop your own.")).toBeVisible();
});

test("all of a work is searched with the picture, marked in its text, and walked through by keyboard", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const first = sentences(page).first();
  const quote = ((await first.locator("blockquote").textContent()) ?? "").trim();
  await first.locator("cite a").focus();
  await page.keyboard.press("Enter");
  await expect(page.locator(".work-record h2")).toBeFocused();
  const matches = page.locator(".work-sentences > li");
  await expect(matches.first()).toContainText(quote.slice(0, 30));
  await expect(matches.first()).toContainText("Rank 1 in the list");
  const total = Number(
    /of (\d+) sentences closest/.exec((await page.locator(".work-query").textContent()) ?? "")?.[1],
  );
  await expect(matches).toHaveCount(Math.min(25, total));
  await expect(page.locator(".tick-mark")).toHaveCount(Math.min(25, total));
  if (total > 25) {
    const more = page.getByRole("button", { name: /^Show \d+ more$/ }).last();
    await expect(more).toHaveText(`Show ${Math.min(100, total - 25)} more`);
    await more.click();
    await expect(matches).toHaveCount(Math.min(125, total));
  }
  await page.getByRole("button", { name: "Next marked sentence" }).focus();
  await page.keyboard.press("Enter");
  const mark = page.locator("mark:focus");
  await expect(mark).toHaveCount(1);
  await expect(mark).toBeInViewport();
  await matches.nth(1).getByRole("link", { name: "In the text" }).click();
  await expect(page.locator('.text-blocks mark[data-mark="asked"]').first()).toBeFocused();
  expect(new URL(page.url()).hash).toMatch(/^#\/work\/W\d+\/\d+$/);
  await matches.first().getByRole("button", { name: "Select" }).click();
  await page.goBack();
  await page.goBack();
  await expect(sentences(page).first().getByRole("checkbox")).toBeChecked();
  await expect(first.locator("cite a")).toBeFocused();
});

test("a work is cited from its page, and a picture opened there leads to its sentences", async ({
  page,
  site,
}) => {
  await page.goto(`${site.address}#/work/${WORK}`);
  await page.getByRole("button", { name: "Cite this work" }).click();
  await expect(page.getByRole("region", { name: "Citation" })).toContainText("ArteFact project");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Cite this work" })).toBeFocused();
  const links = await page
    .locator(".work-record a[target]")
    .evaluateAll((all) => all.map((link) => [link.getAttribute("rel"), link.getAttribute("href")]));
  for (const [rel, href] of links) {
    expect(rel).toBe("noopener noreferrer");
    expect(href).toMatch(/^https:\/\//);
  }
});

for (const [width, scheme] of [
  [320, "dark"],
  [768, "light"],
  [1440, "dark"],
] as const) {
  test(`the page of a work has no accessibility faults, at ${width} px, ${scheme}`, async ({
    page,
    site,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    await openSite(page, site);
    await pickSample(page);
    await sentences(page).first().locator("cite a").click();
    await expect(page.locator(".work-sentences > li")).not.toHaveCount(0);
    await expect(page.locator(".tick-mark")).not.toHaveCount(0);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
