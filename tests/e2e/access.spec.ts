import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

/** Runs axe over the page with all rules of WCAG 2.2 A and AA and its best practices. */
async function expectNoViolation(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""} ${nodes[0]?.failureSummary ?? ""}`,
  );
  expect(found).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 768, 1440]) {
    test(`axe finds nothing at ${width} px, ${colorScheme}`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await openSite(page, site);
      await expectNoViolation(page);
      await pickSample(page, 0);
      await sentences(page).first().focus();
      await sentences(page).first().getByText("Details").click();
      await expectNoViolation(page);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
      await page.locator("input[type=file]").setInputFiles({
        name: "broken.png",
        mimeType: "image/png",
        buffer: Buffer.from("no"),
      });
      await expect(page.getByRole("alert")).toBeVisible();
      await expectNoViolation(page);
    });
  }
}

test("everything can be done from the keyboard", async ({ page, site }) => {
  await openSite(page, site);
  const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
  const tabTo = async (name: string) => {
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()).split(" ").includes(name)) return;
    }
    throw new Error(`Tab never reached .${name}`);
  };
  await tabTo("sample");
  await page.keyboard.press("Enter");
  await expect(sentences(page)).toHaveCount(25);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");

  // One stop for the 49 cells; arrows move between them.
  await tabTo("cell");
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "Enter"])
    await page.keyboard.press(key);
  await expect(page.locator(".result-head")).toContainText("row 3, column 2");
  await page.keyboard.press("Escape");
  await expect(page.locator(".result-head")).toContainText("the whole picture");
  await page.keyboard.press("Tab");
  expect((await focused()).split(" ")).not.toContain("cell");

  await tabTo("sentence");
  await expect(sentences(page).nth(0)).toHaveAttribute("aria-current", "true");
  await page.keyboard.press("j");
  await page.keyboard.press("ArrowDown");
  await expect(sentences(page).nth(2)).toBeFocused();
  await expect(sentences(page).nth(2)).toHaveAttribute("aria-current", "true");
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  await page.keyboard.press("k");
  await expect(sentences(page).nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(sentences(page).nth(1).getByRole("button", { name: "Unpin map" })).toBeVisible();
  await page.keyboard.press("End");
  await expect(sentences(page).nth(24)).toBeFocused();
  await expect(sentences(page).nth(1)).toHaveAttribute("aria-current", "true");
});

test("a screen reader hears the results once, politely", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page, 0);
  await expect(page.locator("p[role=status]")).toHaveText(
    /^25 sentences closest to the whole picture, by Demo\. First: /,
  );
});

test("the focus ring and the chosen cell stay visible in forced colours, and nothing moves when motion is reduced", async ({
  page,
  site,
}) => {
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  await openSite(page, site);
  await pickSample(page, 0);
  const cell = page.getByRole("gridcell").nth(8);
  await cell.focus();
  await page.keyboard.press("Enter");
  const outline = await cell.evaluate((element) => getComputedStyle(element).outlineStyle);
  expect(outline).toBe("solid");
  const durations = await page
    .locator(".button")
    .first()
    .evaluate((element) => getComputedStyle(element).transitionDuration);
  expect(durations.split(", ").every((duration) => Number.parseFloat(duration) === 0)).toBe(true);
});

test("at 400 % zoom the page scrolls as one and nothing covers the sentences", async ({
  page,
  site,
}) => {
  await page.setViewportSize({ width: 320, height: 256 });
  await openSite(page, site);
  await pickSample(page, 0);
  const last = sentences(page).last();
  await last.scrollIntoViewIfNeeded();
  const box = await last.boundingBox();
  const covering = await page.evaluate(
    ({ x, y }) => document.elementFromPoint(x, y)?.closest("article") !== null,
    { x: (box?.x ?? 0) + 20, y: Math.max(1, Math.min(250, (box?.y ?? 0) + 10)) },
  );
  expect(covering).toBe(true);
});
