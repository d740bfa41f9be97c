import type { Locator, Page } from "@playwright/test";
import { expect, openSite, RESULT_COUNT, sentences, test } from "./fixtures.ts";
import { boatPng } from "./pictures.ts";

/** Opens a picture of twice its height, of which the model's square sees the middle half. */
async function openWide(page: Page): Promise<void> {
  await page
    .locator('input[type="file"]')
    .first()
    .setInputFiles({ name: "wide.png", mimeType: "image/png", buffer: boatPng(1000, 500) });
  await expect(page.locator(".picture-name")).toHaveText("wide.png");
  await expectRanked(page);
}

/** Waits until the list is complete and its maps are there. */
async function expectRanked(page: Page): Promise<void> {
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
  await expect(sentences(page)).toHaveCount(RESULT_COUNT);
}

/** Places of an element on the picture, as shares of the picture's sides. */
async function placeOf(element: Locator, picture: Locator) {
  const box = await element.boundingBox();
  const all = await picture.boundingBox();
  if (box === null || all === null) throw new Error("not in sight");
  return {
    left: (box.x - all.x) / all.width,
    right: (box.x + box.width - all.x) / all.width,
    top: (box.y - all.y) / all.height,
    bottom: (box.y + box.height - all.y) / all.height,
  };
}

/** Draws a rectangle with the mouse, given in shares of the picture's sides. */
async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.locator(".picture").boundingBox();
  if (box === null) throw new Error("no picture");
  const at = ([x, y]: [number, number]): [number, number] => [
    box.x + x * box.width,
    box.y + y * box.height,
  ];
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 4 });
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
}

const frameOption = (page: Page, name: string) =>
  page.getByRole("group", { name: "Frame" }).getByRole("radio", { name });

/** What stands on the page about the passes of the tower: how often one was begun for a whole picture. */
const passes = (page: Page) =>
  page.evaluate(() => performance.getEntriesByName("tower-started").length);

test("the grid and the map cover exactly what the model saw, in every frame", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await openWide(page);
  const picture = page.locator(".picture");
  const cells = page.getByRole("gridcell");
  const edges = async () => {
    const frame = await placeOf(page.locator(".seen-frame"), picture);
    const first = await placeOf(cells.first(), picture);
    const last = await placeOf(cells.last(), picture);
    const map = await placeOf(page.locator(".seen"), picture);
    for (const [edge, value] of [
      ["left", first.left],
      ["top", first.top],
      ["right", last.right],
      ["bottom", last.bottom],
    ] as const) {
      expect(value).toBeCloseTo(frame[edge], 2);
      expect(map[edge]).toBeCloseTo(frame[edge], 2);
    }
    return frame;
  };
  await expect(cells).toHaveCount(49);
  expect(await edges()).toMatchObject({
    left: expect.closeTo(0.25, 2),
    right: expect.closeTo(0.75, 2),
  });
  await expect(
    page.getByText("The model sees the framed square, 50 % of the picture."),
  ).toBeVisible();

  await frameOption(page, "Slide").check({ force: true });
  await expectRanked(page);
  const place = page.getByRole("slider", { name: "Place of the square" });
  await place.fill("0");
  await expect(async () => expect((await edges()).left).toBeCloseTo(0, 2)).toPass();
  await expectRanked(page);

  await frameOption(page, "Whole").check({ force: true });
  await expect(cells).toHaveCount(35);
  expect(await edges()).toMatchObject({ left: expect.closeTo(0, 2), right: expect.closeTo(1, 2) });
  await expect(page.locator(".margin")).toHaveCount(0);

  await frameOption(page, "Tiles").check({ force: true });
  await expect(cells).toHaveCount(98);
  expect(await edges()).toMatchObject({ left: expect.closeTo(0, 2), right: expect.closeTo(1, 2) });

  await page.getByRole("checkbox", { name: "Finer cells" }).check();
  await expect(cells).toHaveCount(392);
  await edges();
  await expectRanked(page);
  await sentences(page).first().hover();
  await expect(page.locator(".heat-scale")).toContainText("14 × 28 cells");
  expect(await passes(page)).toBe(6);
});

test("a rectangle drawn with the mouse is searched, framed, and mapped on its own square", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await openWide(page);
  await drag(page, [0.3, 0.4], [0.42, 0.7]);
  await expect(page.locator(".region-words")).toContainText("a part in the");
  await expectRanked(page);
  const picture = page.locator(".picture");
  await expect(
    page.getByText("For the marked part the model sees the framed square around it."),
  ).toBeVisible();
  const marked = await placeOf(page.locator(".marked"), picture);
  expect(marked).toMatchObject({
    left: expect.closeTo(0.3, 2),
    right: expect.closeTo(0.42, 2),
    top: expect.closeTo(0.4, 1),
    bottom: expect.closeTo(0.7, 1),
  });
  // 0.12 of 1000 pixels wide, 0.3 of 500 high: the square around it is 150 wide and high.
  const square = await placeOf(page.locator(".seen-frame"), picture);
  expect(square.right - square.left).toBeCloseTo(0.15, 1);
  expect(square.bottom - square.top).toBeCloseTo(0.3, 1);
  await sentences(page).first().hover();
  const map = await placeOf(page.locator(".seen"), picture);
  expect(map.left).toBeCloseTo(square.left, 2);
  expect(map.bottom).toBeCloseTo(square.bottom, 2);
  await expect(page.locator(".heat-scale")).toContainText("7 × 7 cells");
  // The picture was not read again; another model and the way back cost nothing either.
  await page
    .getByRole("group", { name: "Model" })
    .getByRole("radio", { checked: false })
    .click({ force: true });
  await expectRanked(page);
  await page.getByRole("button", { name: "Whole picture" }).click();
  await expect(page.getByText("50 % of the picture.")).toBeVisible();
  await expectRanked(page);
  expect(await passes(page)).toBe(1);
});

test("a rectangle beside what the model saw is answered as well", async ({ page, site }) => {
  await openSite(page, site);
  await openWide(page);
  await drag(page, [0.02, 0.1], [0.2, 0.6]);
  await expect(page.locator(".region-words")).toContainText("middle left");
  await expectRanked(page);
  const square = await placeOf(page.locator(".seen-frame"), page.locator(".picture"));
  expect(square.right).toBeLessThan(0.26);
});

test("a rectangle is marked, searched and left by keys alone, and said aloud", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await openWide(page);
  await page.getByRole("gridcell").nth(0).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByRole("gridcell", { selected: true })).toHaveCount(6);
  await expect(
    page.getByText("Marked rows 2 to 3, columns 1 to 3. Enter searches for them."),
  ).toBeAttached();
  await page.keyboard.press("Enter");
  await expect(page.locator(".region-words")).toContainText("a part in the");
  await expectRanked(page);
  const marked = await placeOf(page.locator(".marked"), page.locator(".picture"));
  expect(marked).toMatchObject({
    left: expect.closeTo(0.25, 2),
    right: expect.closeTo(0.25 + (3 / 7) * 0.5, 2),
    top: expect.closeTo(1 / 7, 2),
    bottom: expect.closeTo(3 / 7, 2),
  });
  await page.keyboard.press("Escape");
  await expect(page.locator(".region-words")).toContainText("the whole picture");
  await expect(page.locator(".marked")).toHaveCount(0);
});

test.describe("with a finger", () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 780 } });

  test("two taps mark a rectangle once that is asked for", async ({ page, site }) => {
    await openSite(page, site);
    await openWide(page);
    await page.getByRole("button", { name: "Mark a rectangle" }).tap();
    const box = await page.locator(".picture").boundingBox();
    if (box === null) throw new Error("no picture");
    await page.touchscreen.tap(box.x + box.width * 0.3, box.y + box.height * 0.3);
    await page.touchscreen.tap(box.x + box.width * 0.6, box.y + box.height * 0.8);
    await expect(page.locator(".region-words")).toContainText("a part in the");
    await expectRanked(page);
    await expect(page.getByRole("button", { name: "Mark a rectangle" })).toBeVisible();
  });
});
