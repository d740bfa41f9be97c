import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { dropFile, expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

const OWN = "The red boat lies alone on the blue lake under a yellow sun.";
const NOTES = `${OWN} A dark tree stands at the left (fig. 3), cf. pl. II.\n\nA figure in green walks to the dome.\n`;

const dialog = (page: Page) => page.getByRole("dialog", { name: "My texts" });

async function openTexts(page: Page): Promise<void> {
  await page.getByRole("button", { name: "My texts" }).click();
  await expect(dialog(page)).toBeVisible();
}

test("a dropped text is added with its record, found beside the edition, cited, deleted and restored", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await pickSample(page, 0);
  await dropFile(page, "boat notes.txt", "text/plain", Buffer.from(NOTES));
  const given = dialog(page).getByRole("article", { name: "boat notes.txt" });
  await expect(given).toContainText("3 sentences in 1 text");
  await given.getByLabel("Author").fill("Ho, Angela");
  await given.getByLabel("Year").fill("2024");
  await page.screenshot({ path: "/tmp/own1.png" });
  await given.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog(page)).toContainText("Added 3 sentences in 1 text.");
  await expect(dialog(page).getByRole("list", { name: "Your texts" })).toContainText("boat notes");
  await page.screenshot({ path: "/tmp/own2.png" });
  const violations = (await new AxeBuilder({ page }).include("dialog[open]").analyze()).violations;
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Close" }).click();

  const among = page.getByRole("group", { name: "Search in" });
  await expect(among.getByRole("radio", { name: "Both" })).toBeChecked();
  await expect(page.locator(".result-head")).toContainText("all 826 sentences");
  await among.getByRole("radio", { name: "My texts" }).check();
  await expect(sentences(page)).toHaveCount(3);
  await expect(sentences(page).first()).toContainText("Your text");
  await page.screenshot({ path: "/tmp/own3.png", fullPage: true });
});
