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

test("the whole text opens at the sentence, with the other matches of the list marked", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page);
  const first = sentences(page).first();
  const title = (await first.locator("cite").textContent()) ?? "";
  const ofSameWork = await sentences(page).locator("cite").filter({ hasText: title }).count();
  await first.getByRole("button", { name: "Paragraph" }).click();
  const open = first.getByRole("button", { name: "Whole text" });
  await open.click();
  const dialog = page.getByRole("dialog", { name: title });
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('mark[data-mark="asked"]').first()).toBeInViewport();
  const text = dialog.getByRole("region", { name: "Text of the work" });
  const words = ofSameWork === 1 ? "One sentence" : `${ofSameWork} sentences`;
  await expect(dialog).toContainText(words);
  if (ofSameWork > 1) await expect(text.locator('mark[data-mark="other"]')).not.toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(open).toBeFocused();
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
  test(`paragraph and text have no accessibility faults, at ${width} px, ${scheme}`, async ({
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
    await first.getByRole("button", { name: "Whole text" }).click();
    await expect(page.getByRole("region", { name: "Text of the work" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
