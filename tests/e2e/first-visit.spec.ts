import { fileURLToPath } from "node:url";
import {
  expect,
  MEASURED,
  marks,
  openSite,
  pickSample,
  RESULT_COUNT,
  sentences,
  test,
} from "./fixtures.ts";

/** From the click on a picture to its sentences, nothing cached and no model loaded, in milliseconds on two cores. */
const COLD_LIMIT = 3000;
const SITE = fileURLToPath(new URL("../../dist", import.meta.url));

test("the first picture of a first visit has its 25 sentences within three seconds", {
  tag: MEASURED,
}, async ({ page, site }) => {
  await openSite(page, site);
  const chosen = await page.evaluate(() => performance.now());
  await pickSample(page, 0);
  const shown = (await marks(page, "results-shown")).at(0) ?? Number.NaN;
  expect(shown - chosen).toBeLessThan(COLD_LIMIT);
});

test.describe("on the processor", () => {
  // It would fetch the runtime in the background, for offline use.
  test.use({ serviceWorkers: "block" });

  test("a picture needs the kernel's few kilobytes and no inference runtime", async ({
    page,
    site,
  }) => {
    await openSite(page, site);
    await pickSample(page, 0);
    const wasm = site.requests.filter((path) => path.includes(".wasm"));
    expect(wasm.filter((path) => /\/tower(-threads)?-/.test(path))).toHaveLength(1);
    expect(wasm.filter((path) => path.includes("ort-wasm"))).toEqual([]);
  });
});

test.describe("in a folder of a static host", () => {
  test.use({ overlays: { "/some/folder/": SITE } });

  test("the page finds its workers, its model and its sentences", async ({ page, site }) => {
    const inFolder = `${site.address}some/folder/`;
    await openSite(page, { ...site, address: inFolder });
    await pickSample(page, 0);
    await expect(sentences(page)).toHaveCount(RESULT_COUNT);
    const outside = site.requests.filter((path) => !path.startsWith("/some/folder/"));
    expect(outside).toEqual([]);
  });
});
