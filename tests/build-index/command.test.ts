import { mkdtemp, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BuildError } from "../../scripts/build-index/build-error.ts";
import {
  chunksOfPart,
  planChunks,
  rowsOfChunk,
} from "../../scripts/build-index/coding/chunk-plan.ts";
import { parseCommand } from "../../scripts/build-index/command.ts";
import { createPhaseLog, watchMemory } from "../../scripts/build-index/progress.ts";
import { estimateRoom, requireRoom } from "../../scripts/build-index/require-room.ts";
import { openForeignWorkFolder, openWorkFolder } from "../../scripts/build-index/work-folder.ts";

const BASE = ["--json", "j", "--name", "N", "--out", "o"];

describe("parseCommand", () => {
  it("reads a whole build with what is not said otherwise", () => {
    const command = parseCommand([...BASE, "--embeddings", "e", "--exact", "f32"]);
    expect(command).toMatchObject({
      task: { kind: "whole" },
      options: { embeddings: { place: "e", ids: null }, exact: "f32", seed: 1, workDir: null },
    });
  });

  it.each([
    [["train", "--work-dir", "w"], { kind: "train" }],
    [["--work-dir", "w", "--part", "3/8"], { kind: "part", part: { index: 3, count: 8 } }],
    [
      ["merge", "--work-dir", "w", "--from", "a", "--from", "b"],
      { kind: "merge", folders: ["a", "b"] },
    ],
  ])("reads %j", (args, task) => {
    expect(parseCommand([...BASE, ...args])?.task).toEqual(task);
  });

  it.each([
    [["--json", "j", "--out", "o"], /--name is missing/],
    [["--json", "j", "--out", "o", "--name", ""], /--name is empty/],
    [[...BASE, "--fingerprint", ""], /--fingerprint is empty/],
    [[...BASE, "--part", "0/4", "--work-dir", "w"], /--part is 0\/4/],
    [[...BASE, "--part", "5/4", "--work-dir", "w"], /--part is 5\/4/],
    [[...BASE, "--part", "1/4"], /--work-dir is missing/],
    [[...BASE, "paint"], /only train and merge are known/],
    [[...BASE, "--from", "a"], /--from goes with merge/],
    [[...BASE, "train", "--part", "1/2", "--work-dir", "w"], /one of them/],
    [[...BASE, "--exact", "f64"], /--exact is f64: f32, f16, external, none/],
    [[...BASE, "--threads", "0"], /--threads is 0/],
    [[...BASE, "--ids", "i"], /--ids names the rows of no embeddings/],
    [[...BASE, "--colour", "red"], /--colour/],
  ])("refuses %j", (args, message) => {
    expect(() => parseCommand(args)).toThrow(BuildError);
    expect(() => parseCommand(args)).toThrow(message);
  });

  it("gives nothing where only help is wanted", () => {
    expect(parseCommand(["--help"])).toBeNull();
  });
});

describe("chunks", () => {
  it("cover all rows once, by parts of like size, and whole groups of 32 rows", () => {
    const plan = planChunks(10_000, 16, 300);
    expect(plan).toEqual({ sentences: 10_000, chunkRows: 288, chunks: 35 });
    const parts = [1, 2, 3, 4].map((index) => chunksOfPart(plan, { index, count: 4 }));
    expect(parts.flat()).toEqual([...chunksOfPart(plan, null)]);
    expect(new Set(parts.map(({ length }) => length))).toEqual(new Set([8, 9]));
    const rows = parts.flat().flatMap((chunk) => [...rowsOfChunk(plan, chunk)]);
    expect(rows).toEqual(Array.from({ length: 10_000 }, (_, row) => row));
    expect(planChunks(3_119_199, 512, null).chunkRows).toBe(32_768);
  });
});

describe("requireRoom", () => {
  it("says what is needed where a disk is too small, whatever lies there already", async () => {
    const folder = await mkdtemp(join(tmpdir(), "room-"));
    await requireRoom([{ folder, bytes: 1000 }]);
    const huge = requireRoom([{ folder, bytes: 1e18 }]);
    await expect(huge).rejects.toThrow(/The build needs 1000000000.0 GB and .* has .* GB free/);
    await expect(huge).rejects.toBeInstanceOf(BuildError);
    // An earlier edition: it stays until the new one is published.
    const { bavail, bsize } = await statfs(folder);
    await writeFile(join(folder, "rows.0123456789abcdef.bin"), "");
    await truncate(join(folder, "rows.0123456789abcdef.bin"), 2 * bavail * bsize);
    await expect(requireRoom([{ folder, bytes: 2 * bavail * bsize }])).rejects.toThrow(/free/);
    await rm(folder, { recursive: true });
  });

  it("knows the size of the full corpus", () => {
    const facts = { sentences: 3_119_199, dim: 512, indexes: 1, share: 1, layoutBytes: 0 };
    const { work, out } = estimateRoom({ ...facts, exact: "f16" });
    expect(work / 1e9).toBeCloseTo(4.1, 0);
    expect(out / 1e9).toBeCloseTo(4.9, 0);
    expect(estimateRoom({ ...facts, exact: null, share: 1 / 8 }).work / 1e9).toBeLessThan(0.3);
  });
});

describe("a work folder", () => {
  it("keeps values whole, forgets damaged ones and those of another build, and spares foreign files", async () => {
    const path = await mkdtemp(join(tmpdir(), "work-"));
    const folder = await openWorkFolder(path, "one");
    await folder.write("training", { centroids: Int8Array.of(1, -2), seed: 3 });
    expect(await folder.read("training")).toEqual({ centroids: Int8Array.of(1, -2), seed: 3 });
    expect(await folder.read("nothing")).toBeNull();
    expect(await (await openForeignWorkFolder(path, "one")).has("training")).toBe(true);
    await expect(openForeignWorkFolder(path, "two")).rejects.toThrow(/holds no work of this build/);
    await writeFile(join(path, "training.done"), "half of it");
    expect(await folder.read("training")).toBeNull();
    await folder.write("training", 1);
    expect(await (await openWorkFolder(path, "one")).has("training")).toBe(true);
    expect(await (await openWorkFolder(path, "two")).has("training")).toBe(false);
    await writeFile(join(path, "letter.txt"), "Dear reader");
    await expect(openWorkFolder(path, "three")).rejects.toThrow(/holds other files \(letter.txt\)/);
    await rm(path, { recursive: true });
  });
});

describe("createPhaseLog", () => {
  it("tells how far a phase is and how long it has to go, not oftener than every five seconds", () => {
    let time = 0;
    const lines: string[] = [];
    const report = createPhaseLog(
      (line) => lines.push(line),
      () => time,
      watchMemory(() => 1200),
    );
    for (let done = 0; done <= 100; done++) {
      report("codes", done, 100);
      time += 1000;
    }
    expect(lines[0]).toBe("codes: begins");
    expect(lines[1]).toBe("codes: 5 %, 1 min 35 s left");
    expect(lines.at(-1)).toBe("codes: done in 1 min 40 s, 1200 MB of memory at most so far");
    expect(lines).toHaveLength(21);
  });

  it("counts what an earlier run did for no pace of this one", () => {
    let time = 0;
    const lines: string[] = [];
    const report = createPhaseLog(
      (line) => lines.push(line),
      () => time,
      watchMemory(() => 1200),
    );
    for (let done = 90; done <= 100; done++) {
      report("codes", done, 100);
      time += 1000;
    }
    expect(lines).toEqual([
      "codes: begins",
      "codes: 95 %, 5 s left",
      "codes: done in 10 s, 1200 MB of memory at most so far",
    ]);
    report("layout", 100, 100);
    expect(lines).toHaveLength(3);
  });

  it("knows in which phase there was most memory", () => {
    let most = 100;
    const memory = watchMemory(() => most);
    const report = createPhaseLog(
      () => undefined,
      () => 0,
      memory,
    );
    expect(memory.peak()).toEqual({ megabytes: 100, phase: "corpus" });
    report("codes", 0, 10);
    most = 300;
    report("codes", 10, 10);
    most = 400;
    report("proof", 0, 10);
    report("proof", 10, 10);
    expect(memory.peak()).toEqual({ megabytes: 400, phase: "codes" });
  });
});
