import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import type * as ComlinkModule from "comlink";
import type { ConverterApi, EncoderApi } from "../../src/core/protocol.ts";
import { CONVERTER_FOLDER } from "../../workers/security-policy.ts";
import { configureConverter } from "../helpers/configured-converter.ts";
import type { Overlays, SiteServer } from "./site-server.ts";

/** Folder with the built site; see site-server.ts. */
export const DIST =
  process.env["ARTEFACT_DIST"] ?? fileURLToPath(new URL("../../dist", import.meta.url));

/** Path of the empty page, which {@link benchOverlays} adds to a site. */
const BENCH_PATH = "_bench/";

/**
 * What the site serves besides its build: an empty page, and the converter as configured for other files.
 *
 * @param files content by the path inside the repositories; see `configureConverter`
 */
export function benchOverlays(files: ReadonlyMap<string, Uint8Array>): Overlays {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Bench</title>");
  const converter = configureConverter(join(DIST, CONVERTER_FOLDER), files);
  return { [`/${BENCH_PATH}`]: folder, [`/${CONVERTER_FOLDER}/`]: converter };
}

/** What a page of the bench finds in its global scope. */
export interface Bench {
  readonly Comlink: typeof ComlinkModule;
  readonly converter: ComlinkModule.Remote<ConverterApi>;
  readonly encoder: ComlinkModule.Remote<EncoderApi>;
}

/**
 * Opens an empty page of the site and starts the built workers in it, without the application: what a test then calls is
 * what the application calls. Errors arrive with our detail as their message.
 */
export async function openBench(page: Page, site: SiteServer): Promise<void> {
  await page.goto(`${site.address}${BENCH_PATH}`);
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve("comlink") });
  await page.evaluate(
    ([converterUrl, encoderUrl]) => {
      const { Comlink } = globalThis as unknown as Bench;
      const isThrown = Comlink.transferHandlers.get("throw")?.canHandle;
      Comlink.transferHandlers.set("throw", {
        canHandle: (value: unknown): value is unknown => isThrown?.(value) ?? false,
        serialize: (value) => [value, []],
        deserialize(wire) {
          throw new Error(JSON.stringify(wire));
        },
      });
      const start = (url: string) => Comlink.wrap(new Worker(url, { type: "module" }));
      let encoder: unknown;
      Object.assign(globalThis, { converter: start(converterUrl) });
      // Started when it is used, so that its memory does not count before.
      Object.defineProperty(globalThis, "encoder", {
        get: () => (encoder ??= start(encoderUrl)),
      });
    },
    [scriptUrl(site, CONVERTER_FOLDER), scriptUrl(site, "assets", "encoder.worker")] as const,
  );
}

/** The address of a worker's script in the build. */
function scriptUrl(site: SiteServer, folder: string, name = "converter.worker"): string {
  const file = readdirSync(join(DIST, folder)).find((entry) => entry.startsWith(name));
  if (file === undefined) throw new Error(`the build has no ${name}`);
  return `${site.address}${folder}/${file}`;
}
