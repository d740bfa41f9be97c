import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PNG } from "pngjs";
import { expect, it } from "vitest";
import { DEFAULT_OPTIONS } from "../../../scripts/build-index/build-options.ts";
import { prepareCorpus } from "../../../scripts/build-index/prepare-corpus.ts";
import { openWorkFolder } from "../../../scripts/build-index/work-folder.ts";
import { neverAborted } from "../../helpers/counting-source.ts";

it("copies the works' images again where the edition goes to another folder than an earlier run was for", async () => {
  const folder = await mkdtemp(join(tmpdir(), "prepare-"));
  const json = (name: string, value: unknown) =>
    writeFile(join(folder, name), JSON.stringify(value));
  await json("sentences.json", { W1_s0001: { "English Original": "Light falls." } });
  await json("works.json", { W1: {} });
  await mkdir(join(folder, "md", "W1"), { recursive: true });
  await writeFile(join(folder, "md", "W1", "W1.md"), "Light falls.");
  const png = PNG.sync.write(new PNG({ width: 300, height: 300 }));
  await writeFile(join(folder, "md", "W1", "_page_0_Picture_0.png"), png);
  const work = await openWorkFolder(join(folder, "work"), "one");
  for (const name of ["first", "second"]) {
    const out = join(folder, name);
    const options = {
      ...DEFAULT_OPTIONS,
      json: folder,
      markdown: join(folder, "md"),
      images: { kind: "copy", to: out } as const,
      name: "Images",
      out,
    };
    const log: string[] = [];
    const prepare = () =>
      prepareCorpus(
        options,
        work,
        (line) => log.push(line),
        () => undefined,
        neverAborted(),
      );
    await prepare();
    expect(existsSync(join(out, "images", "W1", "_page_0_Picture_0.png"))).toBe(true);
    const { length } = log;
    await prepare();
    // What was done for the same folder is kept.
    expect(log).toHaveLength(length);
    await rm(out, { recursive: true });
    await prepare();
    expect(existsSync(join(out, "images", "W1", "_page_0_Picture_0.png"))).toBe(true);
  }
  await rm(folder, { recursive: true });
});

it("looks for room before it lays a corpus out", async () => {
  const folder = await mkdtemp(join(tmpdir(), "prepare-"));
  await writeFile(join(folder, "sentences.json"), "{}");
  const { bavail, bsize } = await statfs(folder);
  await truncate(join(folder, "sentences.json"), bavail * bsize);
  const work = await openWorkFolder(join(folder, "work"), "one");
  const options = { ...DEFAULT_OPTIONS, json: folder, name: "Room", out: join(folder, "out") };
  await expect(
    prepareCorpus(
      options,
      work,
      () => undefined,
      () => undefined,
      neverAborted(),
    ),
  ).rejects.toThrow(/The build needs .* GB and .* has .* GB free/);
  await rm(folder, { recursive: true });
});
