import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { ISOLATION_HEADERS } from "../../workers/security-policy.ts";

/** Builds the page that loads either side, in a folder that any static host could serve. */
export async function buildBenchPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL("page", import.meta.url)),
    base: "./",
    // Models come from a folder of their own.
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0 },
    worker: { format: "es" },
    resolve: {
      conditions: [
        "onnxruntime-web-use-extern-wasm",
        "module",
        "browser",
        "development|production",
      ],
    },
  });
  const headers = Object.entries(ISOLATION_HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(join(folder, "_headers"), `/*\n${headers.join("")}`);
}
