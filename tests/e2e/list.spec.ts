import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import {
  expect,
  heatPrint,
  MEASURED,
  marks,
  openSite,
  pickSample,
  sentences,
  shownRows,
  test,
} from "./fixtures.ts";
import { growList, LONGEST_TASK } from "./grow-list.ts";

test.use({ serviceWorkers: "block", permissions: ["clipboard-read", "clipboard-write"] });

async function settled(page: Page, count: number): Promise<void> {
  await expect(page.locator('.result-list[aria-busy="false"]')).toBeVisible();
  await expect(sentences(page)).toHaveCount(count);
}

test("the list grows to hundreds without holding up the page, and keeps its beginning", {
  tag: MEASURED,
}, async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  const first = await shownRows(page);
  const longest = await growList(page, [125, 225, 325]);
  const rows = await shownRows(page);
  expect(rows.slice(0, 25)).toEqual(first);
  expect(new Set(rows).size).toBe(325);
  // The least of three: whatever else the machine does only ever adds.
  expect(Math.min(...longest)).toBeLessThan(LONGEST_TASK);

  // A map of a sentence further down is computed when it is looked at.
  const before = (await marks(page, "maps-ready")).length;
  await sentences(page).nth(90).hover();
  await expect.poll(async () => (await marks(page, "maps-ready")).length).toBeGreaterThan(before);
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  expect(await heatPrint(page)).not.toBe(0);
  expect(await marks(page, "tower-started")).toHaveLength(1);
});

test("by keyboard, more sentences take the focus to the first that is new, and an open paragraph stays open", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  await sentences(page).nth(1).getByRole("button", { name: "Paragraph" }).click();
  await expect(sentences(page).nth(1).locator("mark")).not.toHaveCount(0);
  await page.getByRole("button", { name: "Show 25 more" }).focus();
  await page.keyboard.press("Enter");
  await settled(page, 50);
  await expect(sentences(page).nth(25)).toBeFocused();
  await expect(sentences(page).nth(1).locator("mark")).not.toHaveCount(0);
  await page.keyboard.press("End");
  await expect(sentences(page).nth(49)).toBeFocused();
});

test("by work, sentences stand under the works that they are from, once each", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const flat = await shownRows(page);
  await page.getByRole("radio", { name: "By work" }).check();
  const heads = page.locator(".work-group .work-head");
  await expect(heads).not.toHaveCount(0);
  const grouped = await shownRows(page);
  expect([...grouped].sort()).toEqual([...flat].sort());
  expect(grouped[0]).toBe(flat[0]);
  for (const group of await page.locator(".work-group").all()) {
    const titles = new Set(await group.locator("cite").allTextContents());
    expect(titles.size).toBe(1);
    const count = await group.locator("article").count();
    await expect(group.locator(".work-head")).toContainText(
      `${count} sentence${count === 1 ? "" : "s"} of this list`,
    );
  }
});

test("a varied list holds other sentences, with their true ranks", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  const closest = await shownRows(page);
  await page.getByRole("radio", { name: "Varied" }).check();
  await settled(page, 25);
  const varied = await shownRows(page);
  expect(varied[0]).toBe(closest[0]);
  expect(varied).not.toEqual(closest);
  const ranks = await page
    .locator(".rank")
    .evaluateAll((all) => all.map((rank) => Number(rank.lastChild?.textContent)));
  expect(Math.max(...ranks)).toBeGreaterThan(25);
  expect(Math.max(...ranks)).toBeLessThanOrEqual(100);
  for (const [index, row] of closest.entries()) {
    const at = varied.indexOf(row);
    if (at >= 0) expect(ranks[at]).toBe(index + 1);
  }
});

test("sentences are selected by pointer and keyboard, stay selected for another part, and are cited and saved together", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const box = (index: number) => sentences(page).nth(index).getByRole("checkbox");
  await box(1).click();
  await box(4).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("4 sentences selected");
  await sentences(page).nth(6).focus();
  await page.keyboard.press("x");
  await expect(box(6)).toBeChecked();
  await page.keyboard.press("x");
  await expect(bar).toContainText("4 sentences selected");

  const quoted = (await sentences(page).nth(2).locator("blockquote").textContent()) ?? "";
  await page.getByRole("gridcell", { name: "row 6, column 2, lower left" }).click();
  await expect(page.locator(".result-head")).toContainText("row 6, column 2");
  await settled(page, 25);
  await expect(bar).toContainText("4 sentences selected");

  await bar.getByRole("button", { name: "Cite selection" }).click();
  const citing = page.getByRole("dialog", { name: "Cite these 4 sentences" });
  await expect(citing.getByRole("region", { name: "Citation" })).toContainText(quoted.slice(0, 30));
  await page.keyboard.press("Escape");

  await bar.getByRole("button", { name: "Export selection" }).click();
  const dialog = page.getByRole("dialog", { name: "Export sentences" });
  await expect(dialog.getByRole("radio", { name: "4 selected" })).toBeChecked();
  const saving = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Save as file" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^artefact-.*-\d{4}-\d\d-\d\d\.csv$/);
  const csv = await readFile(await saved.path(), "utf8");
  expect(csv.startsWith("\uFEFFrank,")).toBe(true);
  expect(csv.match(/\r\n/g)).toHaveLength(5);
  expect(csv).toContain("Nearness is not evidence");
  await dialog.getByRole("radio", { name: "JSON" }).check();
  await dialog.getByRole("radio", { name: "All 25 listed" }).check();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await expect(dialog.getByRole("status")).toHaveText("Copied.");
  const json: unknown = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(json).toMatchObject({
    format: "artefact-sentences",
    query: { region: "row 6, column 2, lower left" },
    list: { scope: "list", order: "closest" },
  });
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Clear" }).click();
  await expect(bar).toBeHidden();

  await page.getByRole("button", { name: "Select all 25" }).click();
  await expect(bar).toContainText("25 sentences selected");
  await pickSample(page, 1);
  await expect(bar).toBeHidden();
});

for (const [width, scheme] of [
  [320, "light"],
  [768, "dark"],
  [1440, "light"],
] as const) {
  test(`the list by work, its selection and its export have no accessibility faults, at ${width} px, ${scheme}`, async ({
    page,
    site,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 800 });
    await openSite(page, site);
    await pickSample(page);
    await page.getByRole("radio", { name: "By work" }).check();
    await page.getByRole("button", { name: "Select all 25" }).click();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole("button", { name: "Export selection" }).click();
    await expect(page.getByRole("dialog", { name: "Export sentences" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
