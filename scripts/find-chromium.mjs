import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** None of the browser's own background traffic, which would count as a request to a foreign origin. */
const quietArguments = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Flags under which headless Chromium walks through the site: without an emulated graphics card, which would draw every page. */
export const chromiumArguments = [...quietArguments, "--disable-gpu"];

/** Flags under which headless Chromium has WebGPU, in software. */
export const graphicsArguments = [
  ...quietArguments,
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
];

/**
 * Path of an installed Chromium: $CHROMIUM, then the names above on the PATH. Undefined where there is none, in which
 * case Playwright looks for the browser that it installed itself.
 *
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named !== undefined && existsSync(named)) return named;
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  for (const folder of folders) {
    for (const name of NAMES) {
      const path = join(folder, name);
      if (folder !== "" && existsSync(path) && answers(path)) return path;
    }
  }
  return undefined;
}

/** Some systems install a stub that only says where else to get the browser. */
function answers(path) {
  return spawnSync(path, ["--version"], { timeout: 20_000 }).status === 0;
}
