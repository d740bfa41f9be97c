import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { type Overlays, type SiteServer, startSite } from "./site-server.ts";

/** What every journey gets: its own site, and a page that is watched. */
interface Fixtures {
  /** Other folders that the site serves in place of its own, such as another edition. */
  readonly overlays: Overlays;
  readonly site: SiteServer;
}

/**
 * Every test runs against a server of its own, and fails when the page asks any other origin for anything, breaks a
 * Content-Security-Policy, or throws.
 */
export const test = base.extend<Fixtures>({
  overlays: [{}, { option: true }],
  site: async ({ overlays }, use) => {
    const site = await startSite(overlays);
    await use(site);
    await site.stop();
  },
  page: async ({ context, site }, use) => {
    const foreign: string[] = [];
    const thrown: string[] = [];
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      const isOwn = origin === new URL(site.address).origin;
      if (!isOwn && protocol !== "blob:" && protocol !== "data:") foreign.push(request.url());
    });
    // The <meta> policy, which reports to nobody; headers report to the server.
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        const report = `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`;
        Object.assign(globalThis, {
          policyReports: [...(Reflect.get(globalThis, "policyReports") ?? []), report],
        });
      });
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => thrown.push(error.message));
    await use(page);
    expect(foreign, "requests to foreign origins").toEqual([]);
    const inPage: string[] = await page.evaluate(
      () => Reflect.get(globalThis, "policyReports") ?? [],
    );
    const violations = [...inPage, ...site.violations];
    expect(violations, "violations of the Content-Security-Policy").toEqual([]);
    expect(thrown, "errors thrown in the page").toEqual([]);
  },
});

export { expect };

/** Tag of a journey that measures: nothing else may run beside it. */
export const MEASURED = "@measured";

/** How many sentences one search shows. */
export const RESULT_COUNT = 25;

/** Most time from a picked sample to its sentences once the model is there, in milliseconds, on two cores. */
export const WARM_LIMIT = 3000;

export const sentences = (page: Page): Locator => page.locator("article.sentence");

/** Opens the site and waits for its samples. */
export async function openSite(page: Page, site: SiteServer): Promise<void> {
  await page.goto(site.address);
  await expect(page.getByRole("list", { name: "Sample pictures" }).locator("li")).not.toHaveCount(
    0,
  );
}

/** Picks the sample with this number and waits for its sentences. */
export async function pickSample(page: Page, index = 0): Promise<void> {
  const button = page.locator(".sample").nth(index);
  const title = (await button.getAttribute("title")) ?? "";
  await button.click();
  await expectResults(page, title);
}

/** Waits until the sentences for the picture of this name stand complete, with their maps computed. */
export async function expectResults(page: Page, name: string): Promise<void> {
  await expect(page.locator(".picture-name")).toHaveText(name);
  await expect(sentences(page)).toHaveCount(RESULT_COUNT);
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false");
}

/** Gives the page a file, as the file dialog would. */
export async function giveFile(
  page: Page,
  name: string,
  mimeType: string,
  buffer: Buffer,
): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType, buffer });
}

/** Drops a file on the page, as from a folder beside the window. */
export async function dropFile(
  page: Page,
  name: string,
  mimeType: string,
  buffer: Buffer,
): Promise<void> {
  const file = { name, mimeType, base64: buffer.toString("base64") };
  const dataTransfer = await page.evaluateHandle(({ name, mimeType, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type: mimeType }));
    return transfer;
  }, file);
  for (const event of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("body", event, { dataTransfer });
  }
  await dataTransfer.dispose();
}

/** Moments that the page marked under this name, in milliseconds of its timeline. */
export async function marks(page: Page, name: string): Promise<number[]> {
  return page.evaluate(
    (wanted) => performance.getEntriesByName(wanted, "mark").map((mark) => mark.startTime),
    name,
  );
}

/** Edition rows of the sentences on the page, in order. */
export async function shownRows(page: Page): Promise<string[]> {
  return sentences(page).evaluateAll((articles) =>
    articles.map((article) => article.getAttribute("data-row") ?? ""),
  );
}

/** A number that changes with what is painted on the map over the picture; 0 for nothing. */
export async function heatPrint(page: Page): Promise<number> {
  return page.locator("canvas.heat").evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
    let print = 0;
    for (let index = 0; index < pixels.length; index += 97) {
      print = (print * 31 + (pixels[index] ?? 0)) % 1_000_000_007;
    }
    return print;
  });
}
