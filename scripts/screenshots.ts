/**
 * Takes the pictures of docs/screenshots/: the built site at three widths, light and dark, with results and a map.
 * Run with `npx tsx scripts/screenshots.ts [--dir dist]` after a build.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { chromiumArguments, findChromium } from "./find-chromium.mjs";
import { serve } from "./serve.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    dir: { type: "string", default: join(root, "dist") },
    out: { type: "string", default: join(root, "docs", "screenshots") },
  },
});

/** Widths of a phone, a tablet held upright and a desktop, with heights to match. */
const SIZES = [
  { width: 360, height: 780 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
] as const;
const SCHEMES = ["light", "dark"] as const;
const RESULTS = 25;
/** Number of the sample on the stage, and of the sentence whose map is shown. */
const SAMPLE = 0;
const SENTENCE = 1;

const site = await serve(values.dir, 0);
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: [...chromiumArguments],
});
mkdirSync(values.out, { recursive: true });
try {
  for (const colorScheme of SCHEMES) {
    for (const viewport of SIZES) {
      const page = await browser.newPage({ viewport, colorScheme, serviceWorkers: "block" });
      await takePictures(page, `${viewport.width}-${colorScheme}`);
      await page.close();
    }
  }
} finally {
  await browser.close();
  await site.close();
}

async function takePictures(page: Page, name: string): Promise<void> {
  await page.goto(site.address);
  const sample = page.locator(".sample").nth(SAMPLE);
  await sample.waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForLoadState("networkidle");
  await sample.click();
  const sentences = page.locator("article.sentence");
  await sentences.nth(RESULTS - 1).waitFor({ state: "attached" });
  await page.locator('.result-list[aria-busy="false"]').waitFor();
  // Off the picture, whose cells show under the pointer.
  await page.mouse.move(0, 0);
  await sentences.nth(SENTENCE).dispatchEvent("pointerenter", { pointerType: "mouse" });
  await page.locator('canvas.heat[data-drawn="true"]').waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.screenshot({ path: join(values.out, `${name}.png`) });
}
