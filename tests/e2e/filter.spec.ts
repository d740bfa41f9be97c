import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

const filter = (page: Page) => page.getByRole("region", { name: "Filter" });
const openLists = (page: Page) =>
  filter(page).getByText("Filter by topic, creator or year").click();

/** Waits until the list under a filter is whole. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator('.result-list[aria-busy="false"]')).toBeVisible();
}

test("a creator is found by name and narrows the list to works on them", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  await openLists(page);
  const creators = filter(page).getByRole("group", { name: "Creators" });
  await creators.getByRole("searchbox").fill("vermeer");
  await creators.getByRole("checkbox", { name: /^Johannes Vermeer/ }).check();
  await settled(page);
  await expect(filter(page)).toContainText("1 of 30 works");
  const titles = await sentences(page).locator("cite").allTextContents();
  expect(titles.length).toBeGreaterThan(5);
  expect(new Set(titles.map((title) => title.trim()))).toEqual(
    new Set(["Notes on Vermeer's interiors"]),
  );

  await filter(page)
    .getByRole("button", { name: /^Johannes Vermeer/ })
    .click();
  await settled(page);
  await expect(filter(page)).toContainText("All 30 works");
});

test("topics are joined by or, or by and; counts follow the other filters", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  await openLists(page);
  const topics = filter(page).getByRole("group", { name: "Topics" });
  const matched = async () =>
    Number(
      /^(\d+) of/.exec(
        (await filter(page).locator(".filter-chosen .quiet").textContent()) ?? "",
      )?.[1],
    );
  await topics.getByRole("checkbox", { name: /^Portraiture/ }).check();
  await settled(page);
  const one = await matched();
  await topics.getByRole("checkbox", { name: /^Marine Painting/ }).check();
  await settled(page);
  const either = await matched();
  expect(either).toBeGreaterThan(one);
  await topics.getByRole("checkbox", { name: "Works must have all of them" }).check();
  await settled(page);
  expect(await matched()).toBeLessThan(either);
});

test("filters that leave nothing say so, and one click brings all back", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page);
  await openLists(page);
  const from = filter(page).getByRole("spinbutton", { name: "from" });
  await from.fill("2999");
  await from.press("Enter");
  await expect(page.getByText("No work fits these filters.")).toBeVisible();
  await filter(page).getByRole("button", { name: "All works" }).click();
  await expect(sentences(page)).not.toHaveCount(0);
});

test("a filter stays for the next picture and keeps the focus where it is", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  await openLists(page);
  const box = filter(page)
    .getByRole("group", { name: "Topics" })
    .getByRole("checkbox", { name: /^Portraiture/ });
  await box.focus();
  await page.keyboard.press("Space");
  await settled(page);
  await expect(box).toBeFocused();
  await expect(box).toBeChecked();
  await pickSample(page, 1);
  await expect(filter(page).getByRole("button", { name: /^Portraiture/ })).toBeVisible();
});

for (const [width, scheme] of [
  [320, "dark"],
  [1280, "light"],
] as const) {
  test(`the filter has no accessibility faults, at ${width} px, ${scheme}`, async ({
    page,
    site,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 700 });
    await openSite(page, site);
    await pickSample(page);
    await openLists(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
