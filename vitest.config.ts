import { playwright } from "@vitest/browser-playwright";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { chromiumArguments, findChromium } from "./scripts/find-chromium.mjs";

const executablePath = findChromium();

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [solid({ ssr: false })],
        test: {
          name: "node",
          environment: "node",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: ["tests/browser/**", "tests/e2e/**"],
          testTimeout: 60_000,
        },
      },
      {
        worker: { format: "es" },
        optimizeDeps: {
          exclude: ["hnswlib-wasm", "onnxruntime-web"],
          // Named, because workers import them: found only then, they would reload the page in the middle of a test.
          include: ["@huggingface/transformers", "comlink", "idb"],
        },
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          testTimeout: 120_000,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(executablePath === undefined ? {} : { executablePath }),
                args: [...chromiumArguments],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
