import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it, vi } from "vitest";
import { openPackInNode } from "../../scripts/build-model/node-sessions.ts";
import { knownAnswerError, knownAnswerPatches } from "../../src/core/model/known-answer.ts";
import {
  MANIFEST_FILE,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import { startRangeServer } from "../helpers/range-server.ts";
import { referencePath } from "../reference/read-golden.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const tiny = referencePath("goldens/tiny-clip");
const temporary = mkdtempSync(join(tmpdir(), "build-model-"));
afterAll(() => rmSync(temporary, { recursive: true }));

function buildModel(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const script = join(repository, "scripts", "build-model", "main.ts");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
    cwd: repository,
    encoding: "utf8",
  });
}

describe("npm run build:model", () => {
  const out = join(temporary, "pack");
  const args = [
    "--weights",
    tiny,
    "--adapter",
    join(tiny, "adapter"),
    "--out",
    out,
    "--if-changed",
  ];

  it("writes a pack and says what it wrote", () => {
    const { status, stdout } = buildModel(...args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/trunk\.onnx .*\n/);
    expect(stdout).toMatch(/MB in [\d.]+ s/);
  });

  it("does nothing where nothing changed, and builds anew after a change", () => {
    const before = statSync(join(out, "manifest.json")).mtimeMs;
    expect(buildModel(...args).stdout).toBe("");
    expect(statSync(join(out, "manifest.json")).mtimeMs).toBe(before);
    expect(buildModel(...args, "--name", "Other").stdout).toMatch(/trunk\.onnx/);
  });

  it("explains itself where it was not told what to build", () => {
    const { status, stderr } = buildModel("--out", out);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^--weights is missing\./);
    expect(stderr).toMatch(/--weights <folder or URL>/);
    const storage = buildModel("--weights", tiny, "--out", out, "--storage", "q4");
    expect(storage.stderr).toMatch(/--storage q4 is none of q8, f16, f32/);
  });

  it("names the file that is missing or cut off", () => {
    const missing = buildModel("--weights", temporary, "--out", out);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/could not be read: model\.safetensors: no weights/);
    const broken = join(temporary, "broken");
    cpSync(tiny, broken, { recursive: true });
    truncateSync(join(broken, "model.safetensors"), 50_000);
    const cut = buildModel("--weights", broken, "--out", join(temporary, "none"));
    expect(cut.status).toBe(1);
    expect(cut.stderr).toMatch(/could not be read: model\.safetensors: .+\.\n/);
  });
});

/** Starts the command without waiting for it: a server in this process must be able to answer. */
function startBuild(...args: string[]): ChildProcess & {
  readonly done: Promise<{ code: number | null; stdout: string; stderr: string }>;
} {
  const script = join(repository, "scripts", "build-model", "main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { cwd: repository });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return Object.assign(child, { done });
}

function packOf(folder: string): PackManifest {
  return parsePackManifest(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), "utf8")));
}

/** The files of a folder as a server has them. */
function served(folder: string, prefix: string): Map<string, Uint8Array> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ name }) => [`${prefix}${name}`, readFileSync(join(folder, name))] as const),
  );
}

describe("npm run build:model from a server", () => {
  const files = new Map([...served(tiny, "clip/"), ...served(join(tiny, "adapter"), "adapter/")]);

  const local = startBuild(
    ...["--weights", tiny, "--adapter", join(tiny, "adapter"), "--out", join(temporary, "local")],
  ).done.then(() => packOf(join(temporary, "local")));

  it.each([
    ["by ranges, through redirects", "redirects"],
    ["that ignores ranges, by way of temporary files", "ignores-range"],
  ] as const)("builds the same pack %s", async (_, mode) => {
    const server = await startRangeServer(files);
    try {
      server.mode = mode;
      server.failures = Number.POSITIVE_INFINITY;
      const remote = join(temporary, mode);
      const places = ["--weights", `${server.url}clip`, "--adapter", `${server.url}adapter/`];
      const { code, stderr } = await startBuild(...places, "--out", remote).done;
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(packOf(remote)).toEqual(await local);
      const weights = server.requests.filter(({ path }) => path.includes("model.safetensors"));
      // Hundreds of small tensors are not hundreds of requests.
      expect(weights.length).toBeLessThan(10);
    } finally {
      await server.close();
    }
  });

  it("names the server that has nothing", async () => {
    const server = await startRangeServer(new Map());
    const out = join(temporary, "nothing");
    const { code, stderr } = await startBuild("--weights", server.url, "--out", out).done;
    await server.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/model\.safetensors: no weights/);
    expect(existsSync(out)).toBe(false);
  });
});

describe("a build that does not end well", () => {
  const adapter = ["--adapter", join(tiny, "adapter")];

  it("leaves the former pack, or nothing at all, when it is stopped or killed", async () => {
    const server = await startRangeServer(served(tiny, ""));
    const parent = join(temporary, "stopped");
    const out = join(parent, "pack");
    buildModel("--weights", tiny, ...adapter, "--out", out);
    const before = packOf(out);
    try {
      for (const [signal, left] of [
        ["SIGTERM", ["pack"]],
        ["SIGKILL", [expect.stringMatching(/^\.pack\.\d+\.tmp$/), "pack"]],
      ] as const) {
        const build = startBuild("--weights", server.url, "--out", out);
        await vi.waitUntil(() => readdirSync(parent).length > 1, { timeout: 60_000, interval: 1 });
        build.kill(signal);
        const { code, stderr } = await build.done;
        expect(code).not.toBe(0);
        if (signal === "SIGTERM") expect(stderr).toMatch(/was stopped; nothing was changed/);
        expect(readdirSync(parent).sort()).toEqual(left);
        expect(packOf(out)).toEqual(before);
      }
    } finally {
      await server.close();
    }
    // The next build clears what a killed one left.
    expect(buildModel("--weights", tiny, ...adapter, "--out", out).status).toBe(0);
    expect(readdirSync(parent)).toEqual(["pack"]);
  });

  it("never replaces a folder that holds something else than a pack", () => {
    const folder = join(temporary, "precious");
    mkdirSync(folder);
    writeFileSync(join(folder, "letter.txt"), "dear");
    const { status, stderr } = buildModel("--weights", tiny, "--out", folder);
    expect(status).toBe(1);
    expect(stderr).toMatch(/holds something else than a pack/);
    expect(readdirSync(folder)).toEqual(["letter.txt"]);
  });
});

describe("npm run build:model --vision-only", () => {
  it("writes a pack without a text part, which Node opens for pictures and not for phrases", async () => {
    const out = join(temporary, "vision");
    expect(buildModel("--weights", tiny, "--vision-only", "--out", out).status).toBe(0);
    expect(packOf(out).text).toBeNull();
    expect(packOf(out).files.every(({ part }) => part === "vision")).toBe(true);
    const encoder = await openPackInNode(out);
    const { signal } = new AbortController();
    const patches = knownAnswerPatches(encoder.manifest);
    const result = await encoder.encodePatches(patches, signal);
    expect(knownAnswerError(encoder.manifest.knownAnswer, result)).toBeLessThan(1e-3);
    await expect(encoder.encodeTexts(["sea"], signal)).rejects.toThrow("text-tower-missing");
  });
});
