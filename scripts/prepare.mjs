import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const OLDEST_NODE = [20, 19];

/**
 * Runs a command in the repository and shows its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {number} the exit code
 */
export function run(command, args, env = process.env) {
  // On Windows, npm and npx are scripts that only a shell can start.
  const shell = process.platform === "win32" && command !== process.execPath;
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", env, shell });
  // A command that is not there counts as failed.
  return result.status ?? 1;
}

/** As {@link run}, but ends the process when the command fails. */
export function runOrExit(command, args, env = process.env) {
  const code = run(command, args, env);
  if (code !== 0) {
    console.error(`\n${command} ${args.join(" ")} failed with exit code ${code}.`);
    process.exit(code);
  }
}

/** Ends the process with a clear sentence where Node is too old. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    console.error(
      `Node ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}.`,
    );
    process.exit(1);
  }
}

/** Installs the packages of package-lock.json unless exactly they are installed already. */
export function installPackages() {
  const stamp = join(root, "node_modules", ".artefact-lock");
  const wanted = digestOf([join(root, "package-lock.json")]);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing packages …");
  // Not `npm ci`: it refuses a lock that lacks the binaries of other platforms, which some registries leave out.
  runOrExit("npm", ["install", "--no-save", "--no-audit", "--no-fund"]);
  writeFileSync(stamp, wanted);
}

/** Builds the site into dist/ unless it was built from exactly these sources. */
export function buildSite() {
  const sources = [
    "src",
    "workers",
    "scripts",
    "public",
    "data",
    "index.html",
    "vite.config.ts",
    "package-lock.json",
  ];
  const stamp = join(root, "dist", ".built-from");
  const wanted = digestOf(sources.flatMap((name) => filesUnder(join(root, name))));
  const pack = join(root, "public", "models", "demo", "manifest.json");
  const isBuilt = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (isBuilt && existsSync(pack)) return;
  runOrExit("npm", ["run", "--silent", "build"]);
  writeFileSync(stamp, wanted);
}

/** All files under a path, sorted; nothing where it is missing. The built model packs are outputs and do not count. */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((child) => child !== join(root, "public", "models"))
    .flatMap(filesUnder);
}

/** SHA-256 over names and contents. */
function digestOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}
