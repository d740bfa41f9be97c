// `npm test`: installs what is missing, a browser included, builds, runs every test but the slow ones and ends with one line of counts.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { failedInPlaywright, failedInVitest } from "./failed-tests.mjs";
import { findChromium } from "./find-chromium.mjs";
import { buildSite, checkNode, installPackages, root, run } from "./prepare.mjs";

const reports = join(root, ".cache", "test-reports");

checkNode();
installPackages();
installBrowser();
buildSite();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const unit = runVitest();
// One after the other: what measures must have the machine for itself.
const runs = [unit, runPlaywright("journeys"), runPlaywright("measured")];
const [passed, failed, skipped] = ["passed", "failed", "skipped"].map((outcome) =>
  runs.reduce((sum, counts) => sum + counts[outcome], 0),
);
for (const failure of runs.flatMap(({ failures }) => failures)) console.log(`\n✗ ${failure}`);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);

/** Makes sure of a Chromium: an installed one, Playwright's, or the system's package manager's where this is root. */
function installBrowser() {
  if (findChromium() !== undefined || hasPlaywrightChromium()) return;
  console.log("Installing a browser …");
  if (existsSync("/usr/bin/apt-get")) {
    const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
    const apt = (...args) => {
      const [command = "apt-get", ...rest] = [...asRoot, "apt-get", "-qq", ...args];
      return run(command, rest);
    };
    apt("update");
    apt("install", "-y", "--no-install-recommends", "chromium");
  }
  if (findChromium() === undefined) run("npx", ["playwright", "install", "chromium"]);
  if (findChromium() === undefined && !hasPlaywrightChromium()) {
    console.error("No browser could be installed. Install Chromium, or set CHROMIUM to its path.");
    console.log("\n0 passed, 1 failed");
    process.exit(1);
  }
}

function hasPlaywrightChromium() {
  const program =
    "import('@playwright/test').then(async ({ chromium }) => {" +
    "const { existsSync } = await import('node:fs');" +
    "process.exit(existsSync(chromium.executablePath()) ? 0 : 1) })";
  return run(process.execPath, ["-e", program]) === 0;
}

function runVitest() {
  const file = join(reports, "vitest.json");
  const code = run("npx", [
    "vitest",
    "run",
    "--project=node",
    "--project=browser",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ]);
  const report = readReport(file);
  if (report === undefined) return noReport("Vitest");
  const counted = {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: failedInVitest(report),
  };
  return withExitCode(counted, code);
}

function runPlaywright(project) {
  const file = join(reports, `${project}.json`);
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file };
  const code = run(
    "npx",
    ["playwright", "test", `--project=${project}`, "--reporter=list,json"],
    env,
  );
  const report = readReport(file);
  if (report?.stats === undefined) return noReport(`Playwright's ${project}`);
  const { expected, flaky, unexpected, skipped } = report.stats;
  const failures = failedInPlaywright(report);
  return withExitCode({ passed: expected + flaky, failed: unexpected, skipped, failures }, code);
}

function noReport(runner) {
  return { passed: 0, failed: 1, skipped: 0, failures: [`${runner} left no report`] };
}

/** A runner that failed without a failed test (a file that does not load, say) still counts as one failure. */
function withExitCode(counted, code) {
  if (code === 0 || counted.failed > 0) return counted;
  const failures = [`a runner ended with ${code} though no test had failed: see its output above`];
  return {
    ...counted,
    failed: 1,
    failures: counted.failures.length > 0 ? counted.failures : failures,
  };
}

/** A runner that was killed may leave none, or half of one. */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
