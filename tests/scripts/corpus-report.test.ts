import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TEXT = "The light falls from the left and rests upon the wall.";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "report-"));
  const write = async (path: string, content: string) => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  await write("json/sentences.json", JSON.stringify({ W1_s0001: { "English Original": TEXT } }));
  await write("json/works.json", JSON.stringify({ W1: {} }));
  await write("marker_output/W1/W1.md", TEXT);
});
afterAll(() => rm(folder, { recursive: true }));

const report = (...args: readonly string[]) =>
  promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "scripts/corpus-report/main.ts", ...args],
    { cwd: ROOT },
  );

it("reports a folder in ArteFact's own layout, its texts included", async () => {
  const { stdout } = await report(folder, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    sentences: 1,
    worksWithoutText: [],
    alignment: { sentences: 1, found: 1 },
  });
}, 60_000);

it("says in a sentence what it does not know, and that a folder of texts is not there", async () => {
  await expect(report(folder, "--colour")).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^corpus-report: Unknown option '--colour'/),
  });
  await expect(report(folder, "--markdown", join(folder, "md"))).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^corpus-report: .*md is not there/),
  });
}, 60_000);
