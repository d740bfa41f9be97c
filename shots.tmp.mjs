import { chromium } from "@playwright/test";
import { chromiumArguments, findChromium } from "./scripts/find-chromium.mjs";
import { serve } from "./scripts/serve.mjs";
const site = await serve("dist", 0);
const browser = await chromium.launch({ executablePath: findChromium(), args: [...chromiumArguments] });
for (const colorScheme of ["light","dark"]) for (const width of [320,768,1440]) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, serviceWorkers: "block" });
  page.on("console", m => { if (m.type()==="error") console.log(m.text()); });
  page.on("pageerror", e => console.log(e.message));
  await page.goto(site.address);
  await page.locator(".sample").first().waitFor();
  await page.getByRole("button", { name: /^Models/ }).click();
  await page.getByRole("dialog").waitFor();
  await page.waitForTimeout(800);
  await page.screenshot({ path: `/work/scratch/shelf/dialog-${width}-${colorScheme}.png` });
  await page.close();
}
await browser.close(); await site.close();
