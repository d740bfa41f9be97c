import { defineConfig } from "@playwright/test";
import { chromiumArguments, findChromium } from "./scripts/find-chromium.mjs";

const executablePath = findChromium();

/** The journeys through the built site. Every test starts its own server, see tests/e2e/fixtures.ts. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // One at a time: the journeys measure, and the model takes all cores.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: "list",
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    colorScheme: "light",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...chromiumArguments],
    },
  },
});
