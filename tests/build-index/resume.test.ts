import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCorpusFolder } from "../helpers/corpus-folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Milliseconds between two looks for the point at which a build is killed. */
const LOOK_EVERY = 2;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resume-"));
  await writeCorpusFolder(join(folder, "corpus"), { sentences: 3000, dim: 64, seed: 5 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the builder's command; kills it without warning as soon as `isPoint` holds. Resolves to how it ended. */
function run(
  name: string,
  isPoint: () => boolean,
): Promise<{ readonly code: number | null; readonly errors: string }> {
  const corpus = join(folder, "corpus");
  const child = spawn(
    process.execPath,
    [
      ...["--import", "tsx", "scripts/build-index/main.ts", "--name", "Killed"],
      ...["--json", join(corpus, "json"), "--embeddings", corpus, "--fingerprint", "abc"],
      ...["--query-images", join(corpus, "images.safetensors"), "--out", join(folder, name)],
      ...["--chunk-rows", "256", "--arithmetic", "cpu", "--threads", "2"],
    ],
    { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] },
  );
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const look = setInterval(() => {
    if (isPoint()) child.kill("SIGKILL");
  }, LOOK_EVERY);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearInterval(look);
      resolve({ code, errors });
    });
  });
}

async function contents(name: string): Promise<Map<string, string>> {
  const path = join(folder, name);
  const names = (await readdir(path)).sort();
  const read = async (file: string) => (await readFile(join(path, file))).toString("base64");
  return new Map(await Promise.all(names.map(async (file) => [file, await read(file)] as const)));
}

/** What is there when the build is killed, in the order of its phases. */
const POINTS = [
  "killed.work/build.done",
  "killed.work/texts.layout",
  "killed.work/corpus.done",
  "killed.work/base-training.done",
  "killed.work/base-000000.done",
  "killed.work/base-000004.done",
  "killed.work/base-000009.rows",
  "killed/bywork.partial",
  "killed.work/base-bywork.done",
  "killed.work/base-rows.done",
];

describe("a build that is killed", () => {
  it("goes on where it was, at ten points, and gives the bytes of one that was left alone", async () => {
    const undisturbed = await run("alone", () => false);
    expect(undisturbed).toMatchObject({ code: 0 });
    let kills = 0;
    for (const point of POINTS) {
      const { code } = await run("killed", () => existsSync(join(folder, point)));
      if (code === null) kills++;
    }
    expect(kills).toBe(POINTS.length);
    expect((await run("killed", () => false)).code).toBe(0);
    expect(await contents("killed")).toEqual(await contents("alone"));
    expect(existsSync(join(folder, "killed.work"))).toBe(false);
  }, 180_000);
});
