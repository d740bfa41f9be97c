import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";
import { chromiumArguments, findChromium } from "./scripts/find-chromium.mjs";

const executablePath = findChromium();

/** The journeys through the built site. Every test starts its own server, see tests/e2e/fixtures.ts. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  // A journey waits more than it computes. Those that measure are run by themselves: `--project=measured --workers=1`.
  workers: Math.max(2, availableParallelism() - 1),
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: "list",
  projects: [
    { name: "journeys", grepInvert: /@measured/ },
    { name: "measured", grep: /@measured/, workers: 1 },
  ],
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
