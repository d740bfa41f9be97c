import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import {
  expect,
  heatPrint,
  marks,
  openSite,
  pickSample,
  RESULT_COUNT,
  sentences,
  shownRows,
  test,
} from "./fixtures.ts";

const field = (page: Page): Locator => page.getByRole("combobox", { name: "Words" });
const head = (page: Page): Locator => page.locator(".result-head");

/** Types a phrase, searches with Enter, and waits for its sentences. */
async function searchWords(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press("Enter");
  await expectList(page, words);
}

async function expectList(page: Page, words: string): Promise<void> {
  await expect(head(page)).toContainText(`“${words}”`);
  await expect(sentences(page)).toHaveCount(RESULT_COUNT);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
}

/** How many of the sentences on the page have one of these words. */
async function countNaming(page: Page, words: RegExp): Promise<number> {
  const texts = await page.locator(".quote").allTextContents();
  return texts.filter((text) => words.test(text)).length;
}

test.describe("without a service worker", () => {
  test.use({ serviceWorkers: "block" });

  test("a phrase finds sentences by wording, without any picture, and says that this is another scale", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    await searchWords(page, "a candle on a table");
    await expect(head(page)).toContainText("closest in wording to “a candle on a table”");
    await expect(head(page)).toContainText("another scale than closeness to a picture");
    await expect(page.locator("canvas.heat")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Pin map" })).toHaveCount(0);
    expect(await countNaming(page, /\b(candle|table)/i)).toBeGreaterThanOrEqual(5);
    await sentences(page).first().getByText("Details").click();
    await expect(sentences(page).first()).toContainText("Cosine, phrase to sentence");
    await expect(page.locator(".strength").first()).toHaveAttribute("title", /in wording/);
    await expect(page.getByRole("status")).toContainText(
      "25 sentences closest in wording to “a candle on a table”",
    );
    // A picture takes the place of a phrase that stood alone.
    await pickSample(page, 0);
    await expect(head(page)).toContainText("closest to the whole picture");
    await expect(field(page)).toHaveValue("");
  });

  test("what is being typed stays, whatever else the page does meanwhile", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    await pickSample(page, 0);
    await field(page).fill("a red bo");
    await sentences(page).nth(1).hover();
    await expect(sentences(page).nth(1)).toHaveAttribute("aria-current", "true");
    await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
    await expect(field(page)).toHaveValue("a red bo");
  });

  test("words are added to a picture, taken away, and cleared, without a second pass of the tower", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    // A harbour by moonlight: blue as a whole, so that the word has something to add and to take away.
    await pickSample(page, 2);
    const plain = await shownRows(page);
    const naming = await countNaming(page, /\bblue\b/i);
    await page.getByRole("radio", { name: "Add to picture" }).check();
    await searchWords(page, "blue");
    await expect(head(page)).toContainText("closest to the whole picture with “blue”");
    await expect(head(page)).toContainText("a scale of its own");
    const added = await countNaming(page, /\bblue\b/i);
    expect(added).toBeGreaterThan(naming);
    const withBlue = await shownRows(page);

    await page.getByRole("radio", { name: "Take away" }).check();
    await expect(head(page)).toContainText("closest to the whole picture without “blue”");
    await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
    const left = await countNaming(page, /\bblue\b/i);
    expect(left).toBeLessThan(added);
    expect(left).toBeLessThanOrEqual(naming);
    const withoutBlue = await shownRows(page);
    expect(new Set([plain, withBlue, withoutBlue].map(String)).size).toBe(3);
    await sentences(page).first().getByText("Details").click();
    await expect(sentences(page).first()).toContainText("Cosine, picture and phrase to sentence");

    // Every sentence is still explained on the picture.
    await sentences(page).nth(1).hover();
    await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");

    await page.getByRole("button", { name: "Clear the words" }).click();
    await expect(head(page)).not.toContainText("“blue”");
    await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
    expect(await shownRows(page)).toEqual(plain);
    expect(await marks(page, "tower-started")).toHaveLength(1);
  });

  test("words apply to a cell, and the map shows where in the picture they are", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    await pickSample(page, 0);
    await page.getByRole("radio", { name: "Add to picture" }).check();
    await searchWords(page, "red boat");
    const whole = await shownRows(page);
    const where = page.getByRole("button", { name: "Show where “red boat” is" });
    await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "false");
    await where.click();
    await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
    await expect(page.locator(".heat-words")).toContainText("left");
    const boat = await heatPrint(page);
    await sentences(page).nth(0).hover();
    await expect.poll(() => heatPrint(page)).not.toBe(boat);

    await page.getByRole("gridcell").nth(5).click();
    await expect(head(page)).toContainText("upper right with “red boat”");
    await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
    expect(await shownRows(page)).not.toEqual(whole);
  });

  test("unknown words are named, known ones suggested, and a form of a known one replaced", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    await searchWords(page, "red boat");
    await field(page).fill("red boats by Rembrandt ");
    await expect(page.locator(".phrase-unknown")).toHaveText(
      "“boats” and “Rembrandt” are unknown to this encoder: expect nothing from them.",
    );
    await page.getByRole("button", { name: "Write “boat” for “boats”" }).click();
    await expect(field(page)).toHaveValue("red boat by Rembrandt ");
    await expect(field(page)).toBeFocused();

    await field(page).fill("red bo");
    const options = page.getByRole("listbox").getByRole("option");
    await expect(options).toHaveText(["boat", "bottom"]);
    await expect(page.locator(".phrase-unknown")).toHaveCount(0);
    await field(page).press("ArrowDown");
    await field(page).press("ArrowDown");
    await expect(field(page)).toHaveAttribute("aria-activedescendant", /-1$/);
    await field(page).press("ArrowUp");
    await field(page).press("Enter");
    await expect(field(page)).toHaveValue("red boat ");
    await expect(page.getByRole("listbox")).toBeHidden();

    // Of a phrase that is too long only the beginning is searched, and the page says so.
    await searchWords(page, "a red boat on the sea ".repeat(20).trim());
    await expect(page.locator(".phrase-cut")).toContainText("Only its beginning was searched");
    await searchWords(page, "a red boat");
    await expect(page.locator(".phrase-cut")).toHaveCount(0);
  });

  test("everything about words can be done from the keyboard", async ({ page, site }) => {
    await openSite(page, site);
    for (let step = 0; step < 10; step += 1) {
      await page.keyboard.press("Tab");
      if (await field(page).evaluate((input) => input === document.activeElement)) break;
    }
    await expect(field(page)).toBeFocused();
    await page.keyboard.type("dark sea");
    await page.keyboard.press("Enter");
    await expectList(page, "dark sea");
    // The focus stays in the field, so that the next words can be typed at once.
    await expect(field(page)).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByText("Choose a picture, or drop your own.")).toBeVisible();
    await expect(field(page)).toHaveValue("");

    await pickSample(page, 0);
    await field(page).focus();
    await page.keyboard.type("dark sea");
    await page.keyboard.press("Enter");
    await expectList(page, "dark sea");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("button", { name: "Clear the words" })).toBeFocused();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("radio", { name: "Alone" })).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(head(page)).toContainText("with “dark sea”");
    // An emptied field searches without words.
    await field(page).fill("");
    await expect(head(page)).not.toContainText("“dark sea”");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing at 320 px with words, ${colorScheme}`, async ({ page, site }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 320, height: 900 });
      await openSite(page, site);
      const expectSound = async () => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ""}`)).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBe(0);
      };
      await searchWords(page, "red boat");
      await field(page).fill("Rembrandt's boats are red b");
      await expect(page.getByRole("listbox")).toBeVisible();
      await expectSound();
      await pickSample(page, 0);
      await page.getByRole("radio", { name: "Take away" }).check();
      await searchWords(page, "red boats");
      await expectSound();
    });
  }

  test("the text model shows its download, can be cancelled, and comes when asked again", async ({
    page,
    site,
  }) => {
    site.faults.set("/models/demo/text.onnx", { kind: "slow", delay: 4000 });
    await openSite(page, site);
    await pickSample(page, 0);
    const plain = await shownRows(page);
    await field(page).fill("red boat");
    await field(page).press("Enter");
    await expect(page.locator(".load-progress")).toContainText(/\d.*(kB|MB) of .*(kB|MB)/);
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.locator(".load-progress")).toHaveCount(0);
    await expect(field(page)).toHaveValue("");
    expect(await shownRows(page)).toEqual(plain);
    site.faults.clear();
    await searchWords(page, "red boat");
  });

  test("a text model that cannot be fetched is worded, and the phrase searched when tried again", async ({
    page,
    site,
  }) => {
    site.faults.set("/models/demo/text.onnx", { kind: "status", status: 500 });
    await openSite(page, site);
    await field(page).fill("red boat");
    await field(page).press("Enter");
    await expect(page.getByRole("alert")).toContainText("did not deliver a file");
    site.faults.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await expectList(page, "red boat");
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
});

test("words are searched with the server stopped, also where no phrase was typed before", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page, 0);
  await expect(page.getByText("works offline")).toBeVisible({ timeout: 60_000 });
  await site.stop();
  await page.reload();
  await searchWords(page, "red boat");
  await expect(head(page)).toContainText("closest in wording to “red boat”");
});
