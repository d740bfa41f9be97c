import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { ISOLATION_HEADERS } from "../../workers/security-policy.ts";

/** Builds the page that searches, with the product's own search worker, in a folder that any static host could serve. */
export async function buildScalePage(folder: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    root: fileURLToPath(new URL("page", import.meta.url)),
    base: "./",
    publicDir: false,
    build: { outDir: folder, emptyOutDir: true, target: "esnext", assetsInlineLimit: 0 },
    worker: { format: "es" },
  });
  const headers = Object.entries(ISOLATION_HEADERS).map(([name, value]) => `  ${name}: ${value}\n`);
  await writeFile(join(folder, "_headers"), `/*\n${headers.join("")}`);
}
