import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BuildError } from "../../../scripts/build-index/build-error.ts";
import { openWorkPool } from "../../../scripts/build-index/corpus/work-pool.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pool-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("openWorkPool", () => {
  it("gives on two threads what one gives, and refuses work when it is closed", async () => {
    const jobs = Array.from({ length: 5 }, (_, work) => ({
      workId: `W${work}`,
      sentences: [`The light of room ${work} falls from the left.`, "Ibid., pp. 12–14."],
      markdown: work === 3 ? null : folder,
      takesImages: true,
    }));
    for (const { workId, sentences } of jobs) {
      await mkdir(join(folder, workId));
      await writeFile(join(folder, workId, `${workId}.md`), sentences.join("\n\n"));
    }
    const alone = openWorkPool(1);
    const expected = await Promise.all(jobs.map((job) => alone.layOut(job)));
    const pool = openWorkPool(2);
    try {
      const found = await Promise.all(jobs.map((job) => pool.layOut(job)));
      expect(found).toEqual(expected);
      expect(found.map(({ spans }) => spans)).toEqual([2, 2, 2, 0, 2]);
    } finally {
      await pool.close();
    }
    const [job] = jobs;
    if (job === undefined) throw new Error("no job");
    await expect(pool.layOut(job)).rejects.toBeInstanceOf(BuildError);
  }, 30_000);
});
