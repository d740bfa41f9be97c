import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
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
    expect(stderr).toMatch(/--weights <folder>/);
  });

  it("names the file that is missing or cut off", () => {
    const missing = buildModel("--weights", temporary, "--out", out);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/weights-invalid\): model\.safetensors: no weights/);
    const broken = join(temporary, "broken");
    cpSync(tiny, broken, { recursive: true });
    truncateSync(join(broken, "model.safetensors"), 50_000);
    const cut = buildModel("--weights", broken, "--out", join(temporary, "none"));
    expect(cut.status).toBe(1);
    expect(cut.stderr).toMatch(/weights-invalid\): model\.safetensors/);
  });
});
