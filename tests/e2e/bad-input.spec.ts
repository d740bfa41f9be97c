import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  expect,
  expectResults,
  giveFile,
  openSite,
  RESULT_COUNT,
  sentences,
  test,
} from "./fixtures.ts";
import { animatedGif, boatPng, cmykJpeg, pngOf, transparentPng, withExifTurn } from "./pictures.ts";

test.use({ serviceWorkers: "block" });

const jpeg = readFileSync(
  fileURLToPath(new URL("../../public/samples/harbour-by-moonlight.jpg", import.meta.url)),
);

const refused = [
  {
    what: "a text that calls itself a picture",
    type: "image/png",
    bytes: Buffer.from("This is not a picture."),
    words: "Could not read this picture",
  },
  {
    what: "an empty file",
    type: "image/jpeg",
    bytes: Buffer.alloc(0),
    words: "This file is empty",
  },
  {
    what: "a picture of 30,000 × 2 pixels",
    type: "image/png",
    bytes: pngOf(30_000, 2, Buffer.alloc(4)),
    words: "This picture is too thin",
  },
  {
    what: "a picture of 200 megapixels",
    type: "image/png",
    bytes: pngOf(20_000, 10_000, Buffer.alloc(4)),
    words: "This picture is too large",
  },
  {
    what: "a PNG cut off in its middle",
    type: "image/png",
    bytes: boatPng(64, 64).subarray(0, 60),
    words: "Could not read this picture",
  },
  {
    what: "a JPEG cut off in its header",
    type: "image/jpeg",
    bytes: jpeg.subarray(0, 300),
    words: "Could not read this picture",
  },
  {
    what: "an SVG",
    type: "image/svg+xml",
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    words: "The file is an SVG",
  },
];

test("every unreadable file gets one clear sentence, keeps the results, and the next picture works", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await giveFile(page, "first.png", "image/png", boatPng(200, 160));
  await expectResults(page, "first.png");
  for (const { what, type, bytes, words } of refused) {
    await test.step(what, async () => {
      await sentences(page).last().scrollIntoViewIfNeeded();
      await giveFile(page, what, type, bytes);
      await expect(page.getByRole("alert")).toContainText(words);
      await expect(page.getByRole("alert")).toBeInViewport();
      await expect(sentences(page)).toHaveCount(RESULT_COUNT);
      await expect(page.locator(".picture-name")).toHaveText("first.png");
      await giveFile(page, `after ${what}`, "image/png", boatPng(160, 120));
      await expectResults(page, `after ${what}`);
      await expect(page.getByRole("alert")).toHaveCount(0);
      await giveFile(page, "first.png", "image/png", boatPng(200, 160));
      await expectResults(page, "first.png");
    });
  }
});

test("a JPEG of which only half has arrived is either read or worded, never neither", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await giveFile(page, "half.jpg", "image/jpeg", jpeg.subarray(0, jpeg.length >> 1));
  const either = page.getByRole("alert").or(page.locator(".picture-name"));
  await expect(either).toHaveText(/Could not read this picture|half\.jpg/);
  await giveFile(page, "after.png", "image/png", boatPng(160, 120));
  await expectResults(page, "after.png");
});

test("an unreadable first file leaves the samples to choose from", async ({ page, site }) => {
  await openSite(page, site);
  await giveFile(page, "broken.jpg", "image/jpeg", Buffer.from("no"));
  await expect(page.getByRole("alert")).toContainText("Could not read this picture");
  await page.getByRole("button", { name: "Close" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator(".sample").first()).toBeVisible();
});

const odd = [
  { what: "an animated GIF", type: "image/gif", bytes: animatedGif },
  { what: "a CMYK JPEG", type: "image/jpeg", bytes: cmykJpeg },
  { what: "a half transparent PNG", type: "image/png", bytes: transparentPng() },
  { what: "a JPEG under a wrong type", type: "text/plain", bytes: jpeg },
];

for (const { what, type, bytes } of odd) {
  test(`${what} is read like any other picture`, async ({ page, site }) => {
    await openSite(page, site);
    await giveFile(page, what, type, bytes);
    await expectResults(page, what);
  });
}

test("a picture turned by its EXIF orientation is shown and framed upright", async ({
  page,
  site,
}) => {
  await openSite(page, site);
  await giveFile(page, "turned.jpg", "image/jpeg", withExifTurn(jpeg));
  await expectResults(page, "turned.jpg");
  const picture = await page.locator(".picture").boundingBox();
  // The file holds 1200 × 600 pixels; upright it is twice as high as wide.
  expect((picture?.height ?? 0) / (picture?.width ?? 1)).toBeCloseTo(2, 1);
  const natural = await page
    .locator(".picture img")
    .evaluate((image: HTMLImageElement) => image.naturalHeight / image.naturalWidth);
  expect(natural).toBeCloseTo(2, 2);
});
