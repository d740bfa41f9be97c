import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * Flags under which headless Chromium runs the tests: WebGPU in software, and none of its own background traffic, which
 * would count as a request to a foreign origin.
 */
export const chromiumArguments = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
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
