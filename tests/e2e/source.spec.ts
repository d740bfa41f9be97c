import AxeBuilder from "@axe-core/playwright";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

/** Letters alone: the sentence is shown in quotation marks, its source is not. */
const letters = (text: string | null) => (text ?? "").replaceAll(/[^\p{L}\p{N}]/gu, "");

test("a sentence is read in its paragraph, marked, with what stands before and after", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const first = sentences(page).first();
  const quote = letters(await first.locator("blockquote").textContent());
  const button = first.getByRole("button", { name: "Paragraph" });
  await button.click();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  const mark = first.locator('mark[data-mark="asked"]');
  await expect(mark).not.toHaveCount(0);
  expect(letters((await mark.allTextContents()).join(""))).toBe(quote);

  const blocks = first.locator(".source-block");
  const before = await blocks.count();
  const step = first.getByRole("button", { name: /^Show the (next|one before)$/ });
  await step.and(page.locator(":enabled")).first().click();
  await expect(blocks).toHaveCount(before + 1);
});

test("the whole text opens at the sentence, on the page of its work, and the way back leads to where it was left", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const third = sentences(page).nth(2);
  const title = ((await third.locator("cite").textContent()) ?? "").trim();
  const quote = letters(await third.locator("blockquote").textContent());
  await third.getByRole("button", { name: "Paragraph" }).click();
  const open = third.getByRole("link", { name: "Whole text" });
  await open.click();
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeVisible();
  const asked = page.locator('.text-blocks mark[data-mark="asked"]');
  await expect(asked.first()).toBeInViewport();
  await expect(asked.first()).toBeFocused();
  expect(letters((await asked.allTextContents()).join(""))).toBe(quote);
  // The other matches of the same query are marked too, once they are found.
  await expect(page.locator('.text-blocks mark[data-mark="other"]')).not.toHaveCount(0);
  await page.goBack();
  await expect(open).toBeFocused();
  await expect(open).toBeInViewport();
  await expect(third.locator("mark")).not.toHaveCount(0);
});

test("sources are read without a connection once they were read with one", async ({
  page,
  site,
  context,
}) => {
  await openSite(page, site);
  await pickSample(page);
  await expect(page.getByText("works offline")).toBeVisible({ timeout: 60_000 });
  await context.setOffline(true);
  await sentences(page).nth(1).getByRole("button", { name: "Paragraph" }).click();
  await expect(sentences(page).nth(1).locator("mark")).not.toHaveCount(0);
});

for (const [width, scheme] of [
  [320, "light"],
  [1280, "dark"],
] as const) {
  test(`the paragraph has no accessibility faults, at ${width} px, ${scheme}`, async ({
    page,
    site,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 700 });
    await openSite(page, site);
    await pickSample(page);
    const first = sentences(page).first();
    await first.getByRole("button", { name: "Paragraph" }).click();
    await expect(first.locator("mark")).not.toHaveCount(0);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
