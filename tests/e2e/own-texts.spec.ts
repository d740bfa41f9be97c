import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { dropFile, expect, heatPrint, openSite, pickSample, sentences, test } from "./fixtures.ts";

test.use({ serviceWorkers: "block" });

const NOTES =
  "The red boat lies alone on the blue lake under a yellow sun. A dark tree stands at the left (fig. 3), cf. pl. II.\n\nA figure in green walks to the dome.\n";

const dialog = (page: Page) => page.getByRole("dialog", { name: "My texts" });
const among = (page: Page, which: string) =>
  page.getByRole("group", { name: "Search in" }).getByRole("radio", { name: which });

async function openTexts(page: Page): Promise<void> {
  await page.getByRole("button", { name: "My texts" }).click();
  await expect(dialog(page)).toBeVisible();
}

/** Adds the one file that waits in the dialog. */
async function addGiven(page: Page): Promise<void> {
  await dialog(page).getByRole("article").getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog(page).locator(".texts-status")).toContainText("Added");
}

async function pasteWords(page: Page, words: string): Promise<void> {
  await dialog(page).getByLabel("Words to add").fill(words);
  await dialog(page).getByRole("button", { name: "Read these words" }).click();
  await addGiven(page);
}

test("a dropped text is found beside the edition, cited, read, deleted and restored, also after a reload and without a network", async ({
  page,
  site,
  context,
}) => {
  await openSite(page, site);
  await pickSample(page, 0);
  await dropFile(page, "boat notes.txt", "text/plain", Buffer.from(NOTES));
  const given = dialog(page).getByRole("article", { name: "boat notes.txt" });
  await expect(given).toContainText("Plain text, UTF-8: 3 sentences in 1 text.");
  await given.getByLabel("Author").fill("Ho, Angela");
  await given.getByLabel("Year").fill("2024");
  await addGiven(page);
  await expect(dialog(page).getByRole("list", { name: "Your texts" })).toContainText("boat notes");
  const { violations } = await new AxeBuilder({ page }).include("dialog[open]").analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await dialog(page).getByRole("button", { name: "Close" }).click();

  // Together with the edition: one list, counted and ranked as one.
  await expect(among(page, "Both")).toBeChecked();
  await expect(page.locator(".result-head")).toContainText("all 826 sentences searched");
  await among(page, "My texts").check();
  await expect(sentences(page)).toHaveCount(3);
  const boat = sentences(page).filter({ hasText: "The red boat lies" });
  await expect(boat).toContainText("Angela Ho, 2024, boat notes Your text");
  await boat.hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  expect(await heatPrint(page)).not.toBe(0);
  await boat.getByRole("button", { name: "Paragraph" }).click();
  await expect(boat.locator(".paragraph mark[data-mark=asked]")).toContainText(
    "The red boat lies alone",
  );
  await boat.getByRole("button", { name: "Cite" }).click();
  await expect(page.getByRole("dialog").filter({ hasText: "boat notes" })).toContainText("Ho");
  await page.keyboard.press("Escape");

  // The next visit finds it where it was kept; with the model there, nothing needs a network.
  await page.reload();
  await pickSample(page, 0);
  await expect(page.locator(".result-head")).toContainText("all 826 sentences searched");
  await openTexts(page);
  await dialog(page).getByText("Paste words instead").click();
  await pasteWords(page, "A white sail stands in the middle.");
  await context.setOffline(true);
  await pasteWords(page, "A small dome stands behind the hill.");

  // Deleted, restored, deleted for good.
  const texts = dialog(page).getByRole("list", { name: "Your texts" });
  const remove = texts.getByRole("button", { name: "Delete boat notes" });
  await remove.click();
  await expect(texts).not.toContainText("boat notes");
  await dialog(page).getByRole("button", { name: "Undo" }).click();
  await expect(texts).toContainText("boat notes");
  await remove.click();
  await expect(dialog(page).getByRole("button", { name: "Undo" })).toBeVisible();
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await expect(page.locator(".result-head")).toContainText("all 825 sentences searched");
  await context.setOffline(false);
  await page.reload();
  await openTexts(page);
  await expect(dialog(page)).toContainText("2 sentences in 2 texts.");
  await expect(dialog(page).getByRole("button", { name: "Undo" })).toHaveCount(0);
});

test("a table's columns can be chosen, an export is read again, and what is no text is refused with a sentence", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await openTexts(page);
  const files = dialog(page).getByLabel("Files of texts");
  const file = (name: string, text: string) => ({
    name,
    mimeType: "",
    buffer: Buffer.from(text),
  });
  await files.setInputFiles([
    file("paper.txt", "%PDF-1.7"),
    file("broken.csv", 'text\n"never closed'),
    file("quotes.csv", "note;quote;who\n1;A blue lake lies under the hill.;Li Wei\n"),
  ]);
  const refused = (name: string) => dialog(page).getByRole("article", { name }).getByRole("alert");
  await expect(refused("paper.txt")).toContainText("“paper.txt” is a PDF.");
  await expect(refused("broken.csv")).toContainText("never closed in line 2");
  const table = dialog(page).getByRole("article", { name: "quotes.csv" });
  const columns = table.getByRole("group", { name: "Columns of the table" });
  await columns.getByLabel("Sentences", { exact: true }).selectOption({ label: "quote" });
  await columns.getByLabel("Author").selectOption({ label: "who" });
  await expect(table.getByRole("list", { name: "First sentences" })).toContainText("A blue lake");
  await table.getByRole("button", { name: "Add", exact: true }).click();
  await expect(dialog(page).locator(".texts-status")).toContainText("Added 1 sentence in 1 text.");
  await expect(dialog(page).getByRole("list", { name: "Your texts" })).toContainText("Li Wei");

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog(page).getByRole("button", { name: "Export all texts" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("my.artefact-texts.json");
  await dialog(page).getByRole("button", { name: "Delete everything" }).click();
  await dialog(page)
    .getByRole("button", { name: /^Delete all 1 sentence/ })
    .click();
  await expect(dialog(page)).toContainText("Nothing yet.");
  for (const name of ["paper.txt", "broken.csv"]) {
    await dialog(page)
      .getByRole("article", { name })
      .getByRole("button", { name: "Close" })
      .click();
  }
  await files.setInputFiles(await download.path());
  await addGiven(page);
  await expect(dialog(page).getByRole("list", { name: "Your texts" })).toContainText("Li Wei");
});
