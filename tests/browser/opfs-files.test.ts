import { type Remote, wrap } from "comlink";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpfsFilesApi } from "./opfs-files.worker.ts";

const KEY = "a".repeat(64);
const LENGTHS = [1000, 2500, 700];
const SIZE = 4200;
const FOLDER = "artefact-editions";
let workers: Worker[] = [];

/** A worker, as every tab has its own. */
function startTab(): Remote<OpfsFilesApi> {
  const worker = new Worker(new URL("./opfs-files.worker.ts", import.meta.url), { type: "module" });
  workers.push(worker);
  return wrap<OpfsFilesApi>(worker);
}

function segment(number: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: LENGTHS[number] ?? 0 }, (_, i) => (i * 7 + number * 31) & 0xff);
}

beforeEach(async () => {
  await startTab().keepOnly([]);
});
afterEach(() => {
  for (const worker of workers) worker.terminate();
  workers = [];
});

describe("whole files in the origin private file system", () => {
  it("takes room for the whole file at once, and reads back what was written, also later", async () => {
    const tab = startTab();
    expect(await tab.kind()).toBe("opfs");
    expect(await tab.written(KEY, LENGTHS)).toEqual([]);
    expect(await tab.read(KEY, LENGTHS, 0, 10)).toBeUndefined();
    await tab.write(KEY, LENGTHS, 2, segment(2));
    await tab.write(KEY, LENGTHS, 0, segment(0));
    await tab.settle();
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
    expect((await (await folder.getFileHandle(KEY)).getFile()).size).toBe(SIZE);
    const later = startTab();
    expect(await later.written(KEY, LENGTHS)).toEqual([0, 2]);
    expect(await later.read(KEY, LENGTHS, 10, 900)).toEqual(segment(0).slice(10, 900));
    expect(await later.read(KEY, LENGTHS, 3500, SIZE)).toEqual(segment(2));
    await later.forget(KEY, LENGTHS, 0);
    expect(await startTab().written(KEY, LENGTHS)).toEqual([2]);
  });

  it("lets a second tab read and write while the first one writes", async () => {
    const [first, second] = [startTab(), startTab()];
    await first.write(KEY, LENGTHS, 0, segment(0));
    expect(await second.read(KEY, LENGTHS, 0, 1000)).toEqual(segment(0));
    await second.write(KEY, LENGTHS, 1, segment(1));
    expect(await first.read(KEY, LENGTHS, 1000, 3500)).toEqual(segment(1));
    expect(await first.written(KEY, LENGTHS)).toEqual([0, 1]);
  });

  it("finds nothing where the files were removed under an open page, and starts anew", async () => {
    const tab = startTab();
    await tab.write(KEY, LENGTHS, 0, segment(0));
    await tab.settle();
    await (await navigator.storage.getDirectory()).removeEntry(FOLDER, { recursive: true });
    expect(await tab.read(KEY, LENGTHS, 0, 10)).toBeUndefined();
    await tab.write(KEY, LENGTHS, 1, segment(1));
    expect(await tab.read(KEY, LENGTHS, 1000, 3500)).toEqual(segment(1));
  });

  it("deletes the files of other editions", async () => {
    const tab = startTab();
    const other = "b".repeat(64);
    await tab.write(KEY, LENGTHS, 0, segment(0));
    await tab.write(other, LENGTHS, 0, segment(0));
    await tab.keepOnly([other]);
    expect(await tab.written(KEY, LENGTHS)).toEqual([]);
    expect(await tab.written(other, LENGTHS)).toEqual([0]);
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
    await expect(folder.getFileHandle(KEY)).rejects.toThrow();
  });
});
