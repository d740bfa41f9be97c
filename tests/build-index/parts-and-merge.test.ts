import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import {
  type BuildOptions,
  type BuildTask,
  DEFAULT_OPTIONS,
} from "../../scripts/build-index/build-options.ts";
import { identifyInput } from "../../scripts/build-index/input-identity.ts";
import type { Training } from "../../scripts/build-index/training/train.ts";
import { openForeignWorkFolder } from "../../scripts/build-index/work-folder.ts";
import { writeCorpusFolder } from "../helpers/corpus-folder.ts";
import { neverAborted } from "../helpers/counting-source.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parts-"));
  await writeCorpusFolder(join(folder, "corpus"), { sentences: 2400, dim: 32, seed: 8 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function optionsOf(changes: Partial<BuildOptions>): BuildOptions {
  const corpus = join(folder, "corpus");
  return {
    ...DEFAULT_OPTIONS,
    json: join(corpus, "json"),
    embeddings: { place: corpus, ids: null },
    fingerprint: "abc",
    queryImages: join(corpus, "images.safetensors"),
    name: "Parts",
    out: join(folder, "out"),
    chunkRows: 224,
    ...changes,
  };
}

function build(task: BuildTask, changes: Partial<BuildOptions>) {
  return buildEdition(optionsOf(changes), task, () => undefined, neverAborted());
}

async function contents(name: string): Promise<Map<string, string>> {
  const path = join(folder, name);
  const names = (await readdir(path)).sort();
  const read = async (file: string) => (await readFile(join(path, file))).toString("base64");
  return new Map(await Promise.all(names.map(async (file) => [file, await read(file)] as const)));
}

/** Runs one part in a process of its own, with the options that `build` has; gives its exit code. */
function run(part: string, workDir: string): Promise<number | null> {
  const corpus = join(folder, "corpus");
  const child = spawn(
    process.execPath,
    [
      ...["--import", "tsx", "scripts/build-index/main.ts", "--name", "Parts"],
      ...["--json", join(corpus, "json"), "--embeddings", corpus, "--fingerprint", "abc"],
      ...["--query-images", join(corpus, "images.safetensors"), "--out", join(folder, "out")],
      ...["--chunk-rows", "224", "--work-dir", workDir, "--part", part],
    ],
    {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return new Promise((resolve) => {
    child.on("close", resolve);
  });
}

const partOf = (index: number): BuildTask => ({ kind: "part", part: { index, count: 4 } });

describe("a build in four parts", () => {
  it("gives the bytes of one run, whoever trained and however many threads there were", async () => {
    await build({ kind: "whole" }, { out: join(folder, "whole") });
    const at = (name: string) => ({ workDir: join(folder, name) });
    expect(await build({ kind: "train" }, at("first.work"))).toBeNull();
    // A machine that shares nothing but the input, one that got the training, and two that share a folder.
    await cp(join(folder, "first.work"), join(folder, "second.work"), { recursive: true });
    expect(await build(partOf(1), { ...at("own.work"), arithmetic: "cpu", threads: 2 })).toBeNull();
    expect(await build(partOf(2), at("second.work"))).toBeNull();
    await expect(
      build({ kind: "merge", folders: [join(folder, "own.work")] }, at("first.work")),
    ).rejects.toThrow(/not coded yet: rows \d+ to \d+.*run the parts that are missing/);
    expect(await build(partOf(3), at("first.work"))).toBeNull();
    expect(await build(partOf(4), at("first.work"))).toBeNull();
    const folders = ["own.work", "second.work"].map((name) => join(folder, name));
    const out = join(folder, "merged");
    const manifest = await build({ kind: "merge", folders }, { ...at("first.work"), out });
    expect(manifest?.sentences).toBe(2400);
    expect(await contents("merged")).toEqual(await contents("whole"));
  });

  it("may begin all at once in one folder that holds no training yet", async () => {
    const shared = { workDir: join(folder, "shared.work") };
    const codes = await Promise.all(["1/2", "2/2"].map((part) => run(part, shared.workDir)));
    expect(codes).toEqual([0, 0]);
    const manifest = await build(
      { kind: "merge", folders: [] },
      { ...shared, out: join(folder, "at-once") },
    );
    expect(manifest?.sentences).toBe(2400);
    expect(await contents("at-once")).toEqual(await contents("whole"));
  }, 60_000);

  it("refuses to join parts of another build", async () => {
    await build(partOf(1), { workDir: join(folder, "other.work"), seed: 9 });
    const folders = [join(folder, "other.work")];
    await expect(
      build({ kind: "merge", folders }, { workDir: join(folder, "first.work") }),
    ).rejects.toThrow(/other.work holds no work of this build/);
  });

  it("refuses to join what was coded against another training", async () => {
    const at = (name: string) => ({ workDir: join(folder, name) });
    for (const name of ["here.work", "there.work"]) await build({ kind: "train" }, at(name));
    // As another kind of arithmetic may have it.
    const identity = await identifyInput(optionsOf({}), neverAborted());
    const there = await openForeignWorkFolder(join(folder, "there.work"), identity);
    const training = (await there.read("base-training")) as Training;
    const scales = training.centroidScales.map((scale, i) => (i === 3 ? 1.001 * scale : scale));
    await there.write("base-training", { ...training, centroidScales: scales });
    for (const [i, name] of ["here", "here", "here", "there"].entries()) {
      await build(partOf(i + 1), at(`${name}.work`));
    }
    const folders = [join(folder, "there.work")];
    await expect(build({ kind: "merge", folders }, at("here.work"))).rejects.toThrow(
      /base-0000\d\d in .*there.work was coded against another training/,
    );
  });
});
