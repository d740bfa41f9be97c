import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

const dialog = (page: Page) => page.getByRole("dialog", { name: "Cite this sentence" });
const text = (page: Page) => page.getByRole("region", { name: "Citation" });

async function openCitation(page: Page): Promise<string> {
  const first = sentences(page).first();
  await first.getByRole("button", { name: "Cite" }).click();
  await expect(dialog(page)).toBeVisible();
  return ((await first.locator("blockquote").textContent()) ?? "").trim();
}

/** What a word processor and what a text editor would paste. */
async function readClipboard(page: Page): Promise<{ html: string; plain: string }> {
  return page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const read = async (type: string) => (await (await item?.getType(type))?.text()) ?? "";
    return { html: await read("text/html"), plain: await read("text/plain") };
  });
}

test("a sentence is copied with its quotation, its work and a page left open", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const quote = await openCitation(page);
  await expect(text(page)).toContainText(quote.slice(0, 40));
  await expect(text(page)).toContainText("[p.");
  await expect(dialog(page)).toContainText("fill in the page");
  await dialog(page).getByRole("button", { name: "Copy" }).click();
  await expect(dialog(page).getByRole("status")).toHaveText("Copied.");
  const { html, plain } = await readClipboard(page);
  expect(plain).toContain(quote.slice(0, 40));
  expect(plain).toContain("ArteFact project");
  expect(html).toContain("<br>");
});

test("the style chosen is kept for the next sentence and the next visit", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  await openCitation(page);
  await page.getByLabel("Style").selectOption({ label: "MLA, 9th edition" });
  await expect(text(page).locator("i")).not.toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await page.reload();
  await pickSample(page);
  await openCitation(page);
  await expect(page.getByLabel("Style")).toHaveValue("mla");
});

test("BibTeX of all works on the page is saved as a file", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  await page.getByRole("button", { name: /^Cite these \d+ works$/ }).click();
  const all = page.getByRole("dialog", { name: /^Cite these \d+ works$/ });
  await page.getByLabel("Style").selectOption({ label: "BibTeX" });
  const saving = page.waitForEvent("download");
  await all.getByRole("button", { name: "Save as file" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("artefact-works.bib");
  const bibtex = await readFile(await saved.path(), "utf8");
  const count = Number(/\d+/.exec((await all.getByRole("heading").textContent()) ?? "")?.[0]);
  expect(bibtex.match(/^@misc\{W9\d+,$/gm)).toHaveLength(count);
});

test("citing works by keyboard alone, and gives the focus back", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  const cite = sentences(page).first().getByRole("button", { name: "Cite" });
  await cite.focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(cite).toBeFocused();
});

test("every work on the page is there for Zotero", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  const coins = page.locator("article.sentence span.Z3988");
  await expect(coins).toHaveCount(await sentences(page).count());
  const fields = new URLSearchParams((await coins.first().getAttribute("title")) ?? "");
  expect(fields.get("ctx_ver")).toBe("Z39.88-2004");
  expect(fields.get("rft.btitle")).not.toBe("");
});

for (const scheme of ["light", "dark"] as const) {
  test(`the dialog has no accessibility faults, at 320 px, ${scheme}`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 320, height: 640 });
    await openSite(page, site);
    await pickSample(page);
    await openCitation(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
}
