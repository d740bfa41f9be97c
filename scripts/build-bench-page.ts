import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { ISOLATION_HEADERS } from "../workers/security-policy.ts";

/**
 * Builds the page of a benchmark, with the product's own workers, in a folder that any static host could serve.
 *
 * @param page folder of its index.html
 * @param conditions what packages are resolved with, where not as usual
 */
export async function buildBenchPage(
  page: URL,
  folder: string,
  conditions?: readonly string[],
): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(page),
    base: "./",
    // What a benchmark loads comes from folders of its own.
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0 },
    worker: { format: "es" },
    ...(conditions && { resolve: { conditions: [...conditions] } }),
  });
  const headers = Object.entries(ISOLATION_HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(join(folder, "_headers"), `/*\n${headers.join("")}`);
}
