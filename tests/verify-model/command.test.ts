import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDemoEncoder } from "../../scripts/demo-encoder/open-demo-encoder.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "verify-model-"));
const pack = join(temporary, "pack");
const edition = join(temporary, "edition");
/** A build or a run takes two to five seconds, and ten times that beside other work. */
const TIMEOUT_MS = 180_000;
let server: Server;
let origin: string;

beforeAll(async () => {
  await openDemoEncoder(pack, "q8", new AbortController().signal);
  cpSync(join(repository, "public", "edition", "sample"), edition, { recursive: true });
  server = createServer((request, response) => {
    const path = join(temporary, request.url ?? "");
    if (existsSync(path)) response.end(readFileSync(path));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, TIMEOUT_MS);
afterAll(() => {
  server.close();
  rmSync(temporary, { recursive: true });
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function verifyModel(...args: string[]): Promise<Ended> {
  const script = join(repository, "scripts", "verify-model", "main.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { cwd: repository });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

describe("npm run verify:model", { timeout: TIMEOUT_MS }, () => {
  it("verifies a pack and an edition behind URLs, prints a table, curves and a verdict, and ends with 0", async () => {
    const places = ["--pack", `${origin}/pack`, "--edition", `${origin}/edition/`];
    const { status, stdout } = await verifyModel(...places, "--curves", "1");
    expect(stdout).toMatch(/^ok {6}edition, adapted .*cosine from 1\.0000$/m);
    expect(stdout).toMatch(/^ok {6}manifest /m);
    expect(stdout).toMatch(/^random +[\d.-]+ +[\d.-]+$/m);
    expect(stdout).toMatch(/The pack is sound: all \d+ checks passed\.\n$/);
    expect(status).toBe(0);
  });

  it("ends with 1 where a check failed", async () => {
    const manifest = join(pack, "manifest.json");
    const sound = readFileSync(manifest, "utf8");
    writeFileSync(manifest, sound.replace(/"bytes": \d+/, '"bytes": 1'));
    const { status, stdout } = await verifyModel("--pack", pack);
    writeFileSync(manifest, sound);
    expect(stdout).toMatch(/^FAILED {2}files and hashes .* bytes in place of 1$/m);
    expect(stdout).toMatch(/The pack is not sound: 1 of 2 checks failed\.\n$/);
    expect(status).toBe(1);
  });

  it.each([
    [
      "no folder",
      () => ["--pack", join(temporary, "nowhere")],
      /There is no folder .*nowhere\.\n$/,
    ],
    [
      "no pack",
      () => ["--pack", `${origin}/none/`],
      /none\/manifest\.json was answered with status 404\.\n$/,
    ],
    ["no argument", () => [], /npm run verify:model -- --pack/],
    [
      "another picture",
      () => ["--pack", pack, "--picture", manifestOf(pack)],
      /neither a PNG nor a JPEG\.\n$/,
    ],
  ] as const)("ends with 2 and a sentence where it cannot begin: %s", async (_, args, sentence) => {
    const { status, stderr } = await verifyModel(...args());
    expect(stderr).toMatch(sentence);
    expect(status).toBe(2);
  });
});

function manifestOf(folder: string): string {
  return join(folder, "manifest.json");
}
