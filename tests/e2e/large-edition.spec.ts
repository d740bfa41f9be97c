import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import {
  expect,
  expectResults,
  giveFile,
  MEASURED,
  openSite,
  pickSample,
  sentences,
  shownRows,
  test,
} from "./fixtures.ts";
import { growList, LONGEST_TASK } from "./grow-list.ts";
import { buildLargeEdition, LARGE_EDITION, LARGE_SENTENCES } from "./large-edition.ts";
import { boatPng } from "./pictures.ts";

const BUILD_TIMEOUT_MS = 300_000;
const ALL = `all ${LARGE_SENTENCES.toLocaleString("en")} sentences searched`;
const { signal } = new AbortController();

test.use({ serviceWorkers: "block", overlays: { "/edition/sample/": LARGE_EDITION } });

test.beforeAll(async () => {
  test.setTimeout(BUILD_TIMEOUT_MS);
  await buildLargeEdition(signal);
});

const head = (page: Page) => page.locator(".result-head");

/** How many sentences the page says were searched. */
async function searched(page: Page): Promise<number> {
  const words = (await head(page).textContent()) ?? "";
  const count = /([\d,]+) of [\d,]+ sentences searched/.exec(words)?.[1];
  return count === undefined ? Number.NaN : Number(count.replaceAll(",", ""));
}

/** Has the browser ask pages to spare the connection, as a person can. */
async function saveData(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setDataSaverOverride", { dataSaverEnabled: true });
}

test("over a connection that is to be spared the page says how much it searched, and goes on when asked", async ({
  page,
  site,
}) => {
  await saveData(page);
  await openSite(page, site);
  await pickSample(page, 0);
  const first = await searched(page);
  expect(first).toBeGreaterThanOrEqual(0.05 * LARGE_SENTENCES);
  expect(first).toBeLessThan(LARGE_SENTENCES);
  await expect(head(page)).toContainText("Your browser asks to save data");
  await expect(head(page)).toContainText(/an answer after .* % holds \d+ of the 25/);
  const scan = await new AxeBuilder({ page }).include(".result-head").analyze();
  expect(scan.violations.map(({ id }) => id)).toEqual([]);

  await page.getByRole("button", { name: /^Search further, to/ }).click();
  await expect.poll(() => searched(page)).toBeGreaterThan(first);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  const partial = await shownRows(page);
  // Each step asks for about twice as much; what is then left is so little that it is searched, too.
  await page.getByRole("button", { name: /^Search (further|all)/ }).click();
  await expect(head(page)).toContainText(ALL);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect(page.getByRole("button", { name: /^Search (further|all)/ })).toHaveCount(0);
  // The best of a part are for the most part the best of all.
  const all = new Set(await shownRows(page));
  expect(partial.filter((row) => all.has(row)).length).toBeGreaterThan(12);
});

test("all of it is downloaded when asked, and pictures are then searched without a connection", async ({
  page,
  site,
}) => {
  await saveData(page);
  await openSite(page, site);
  await pickSample(page, 0);
  expect(await searched(page)).toBeLessThan(LARGE_SENTENCES);
  await page.getByRole("button", { name: /^Download all for offline use/ }).click();
  await expect(page.getByText("All of it is kept on this device")).toBeVisible();
  await site.stop();
  await giveFile(page, "own.png", "image/png", boatPng(300, 200));
  await expectResults(page, "own.png");
  await expect(head(page)).toContainText(ALL);
  // Exact rows are no part of the download.
  await sentences(page).first().getByText("Details").click();
  await expect(sentences(page).first()).toContainText("from its code");
});

test("a better answer waits while the list is read, says how much better it is, and comes when taken", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  for (const file of ["sign.", "rest."]) site.faults.set(file, { kind: "slow", delay: 1200 });
  await page.locator(".sample").nth(0).click();
  await expect(sentences(page)).toHaveCount(25);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "true");
  const first = await shownRows(page);
  await sentences(page).first().hover();
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  const bar = page.locator(".update-bar");
  await expect(bar).toContainText(/\d+ better match(es)? found|A better order was found/);
  expect(await shownRows(page)).toEqual(first);
  await bar.getByRole("button", { name: "Update" }).click();
  await expect(bar).toHaveCount(0);
  expect(await shownRows(page)).not.toEqual(first);
  await expect(head(page)).toContainText(ALL);
});

test("the list grows to a thousand sentences without holding up the page", {
  tag: MEASURED,
}, async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page, 0);
  const first = await shownRows(page);
  const longest = await growList(page, [125, 225, 325, 425, 525, 625, 725, 825, 925, 1000]);
  const rows = await shownRows(page);
  expect(rows.slice(0, 25)).toEqual(first);
  expect(new Set(rows).size).toBe(1000);
  const end = await page.locator(".more-sentences").evaluate((below) => below.textContent);
  expect(end).toMatch(/^A list ends at 1,000 sentences\./);
  // The least of the last three: whatever else the machine does only ever adds.
  expect(Math.min(...longest.slice(-3))).toBeLessThan(LONGEST_TASK);
});

test("near-duplicates are folded under the sentence that stands for them, open there, and can be listed", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page, 0);
  const folds = page.locator("article.sentence .sentence-tools").getByText(/^\+ \d+ similar$/);
  for (let listed = 25; listed <= 425 && (await folds.count()) === 0; listed += 100) {
    await page.getByRole("button", { name: "Show 100 more" }).click();
    await expect(sentences(page)).toHaveCount(listed + 100);
  }
  const fold = folds.first();
  const count = Number(/\d+/.exec((await fold.textContent()) ?? "")?.[0]);
  await fold.click();
  await expect(fold).toHaveAttribute("aria-expanded", "true");
  const similar = page.locator(".similar-sentences li");
  await expect(similar).toHaveCount(count);
  await expect(similar.first().locator(".quote")).toHaveText(/\S/);
  await expect(similar.first().getByRole("link")).toHaveAttribute("href", /^#\/work\//);
  const { violations } = await new AxeBuilder({ page }).include(".similar-sentences").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  // Listed on their own they are folded no more.
  await page.getByText("Captions, references and the like are hidden").click();
  await page.getByRole("checkbox", { name: /^Near-duplicates/i }).check();
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect(folds).toHaveCount(0);
});
