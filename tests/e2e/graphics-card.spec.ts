import { findChromium, graphicsArguments } from "../../scripts/find-chromium.mjs";
import { ENCODER, waitForEncoder } from "./encoder-of-page.ts";
import { expect, openSite, pickSample, sentences, test } from "./fixtures.ts";

const executablePath = findChromium();

// The only journey with a graphics card, for which this browser emulates one: that takes all the processor's time.
test.use({
  serviceWorkers: "block",
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...graphicsArguments],
  },
});

/** Makes the emulated graphics card count as a real one, and remembers its devices. */
const CARD = `
Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });
const { requestDevice } = GPUAdapter.prototype;
self.devices = [];
GPUAdapter.prototype.requestDevice = async function (...given) {
  const device = await requestDevice.apply(this, given);
  self.devices.push(device);
  return device;
};`;

test("a graphics card that is lost under a request costs the card, not the answer", async ({
  page,
  site,
}) => {
  test.setTimeout(300_000);
  site.faults.set(ENCODER, { kind: "prepend", script: CARD });
  await openSite(page, site);
  await page.locator(".sample").nth(0).click();
  await expect(page.locator(".site-status")).toContainText("on the graphics card", {
    timeout: 120_000,
  });
  await expect(sentences(page)).toHaveCount(25, { timeout: 120_000 });
  await expect(page.locator(".result-list")).toHaveAttribute("aria-busy", "false", {
    timeout: 60_000,
  });
  const lost = await (await waitForEncoder(page)).evaluate(() => {
    const devices = Reflect.get(self, "devices") as { destroy(): void }[];
    for (const device of devices) device.destroy();
    return devices.length;
  });
  expect(lost).toBeGreaterThan(0);
  await pickSample(page, 1);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator(".site-status")).toContainText("on the processor");
});
