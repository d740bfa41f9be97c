import {
  expect,
  expectResults,
  giveFile,
  openSite,
  pickSample,
  RESULT_COUNT,
  sentences,
  shownRows,
  test,
} from "./fixtures.ts";
import { boatPng } from "./pictures.ts";

test("after one visit everything works with the server stopped", async ({ page, site }) => {
  await openSite(page, site);
  await pickSample(page, 0);
  const online = await shownRows(page);
  await expect(page.getByText("works offline")).toBeVisible({ timeout: 60_000 });
  await site.stop();
  await page.reload();
  await pickSample(page, 0);
  expect(await shownRows(page)).toEqual(online);
  await pickSample(page, 5);
  await giveFile(page, "own.png", "image/png", boatPng(300, 200));
  await expectResults(page, "own.png");
  await sentences(page).nth(2).hover();
  await expect(page.locator("canvas.heat")).toHaveAttribute("data-drawn", "true");
  await page.getByRole("gridcell").nth(24).click();
  await expect(page.locator(".result-head")).toContainText("centre");
  await expect(sentences(page)).toHaveCount(RESULT_COUNT);
});

test("on a host that sets no headers, the service worker brings isolation and policies from the second visit on", async ({
  page,
  site,
}) => {
  site.isBare = true;
  await openSite(page, site);
  await pickSample(page, 0);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(page.getByText("works offline")).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await pickSample(page, 0);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  // The runtime's own threads sleep on a lock and cannot be asked.
  const workers = page.workers().filter((worker) => worker.url().includes(".worker-"));
  expect(workers).toHaveLength(2);
  for (const worker of workers) {
    const found = await worker.evaluate(async () => {
      const violated: string[] = [];
      self.addEventListener("securitypolicyviolation", (event) => {
        violated.push((event as SecurityPolicyViolationEvent).effectiveDirective);
      });
      await fetch("https://foreign.invalid/").catch(() => undefined);
      // In a task of its own, because the debugger's own tasks may evaluate.
      await new Promise((resolve) => {
        setTimeout(() => {
          try {
            new Function("return true")();
          } catch {
            // Refused, as it should be; the event above says so too.
          }
          setTimeout(resolve, 100);
        }, 0);
      });
      return { isIsolated: self.crossOriginIsolated, violated };
    });
    expect(found).toEqual({ isIsolated: true, violated: ["connect-src", "script-src"] });
  }
});

test("an update waits until the person asks for it", async ({ page, site }) => {
  await openSite(page, site);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null))
    .toBe(true);
  await pickSample(page, 0);
  site.faults.set("/service-worker.js", { kind: "prepend", script: "/* a newer build */" });
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  const button = page.getByRole("button", { name: "New version: reload" });
  await expect(button).toBeVisible();
  await expect(sentences(page)).toHaveCount(RESULT_COUNT);
  const reloaded = page.waitForEvent("load");
  await button.click();
  await reloaded;
  await expect(page.locator(".sample").first()).toBeVisible();
  await expect(button).toHaveCount(0);
});
