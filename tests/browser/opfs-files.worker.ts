import { expose } from "comlink";
import { countedBlocks } from "../../src/core/bytes/block-map.ts";
import { openOpfsFiles } from "../../workers/search/whole-files/opfs-files.ts";

const opening = openOpfsFiles();
const fileOf = (key: string, lengths: readonly number[]) => ({
  key,
  segments: countedBlocks(lengths, 1),
});

/** The store of whole files, with a file described by its key and the lengths of its segments. */
const api = {
  kind: async () => (await opening).kind,
  written: async (key: string, lengths: readonly number[]) =>
    [...(await (await opening).written(fileOf(key, lengths)))].sort((a, b) => a - b),
  read: async (key: string, lengths: readonly number[], start: number, end: number) =>
    (await opening).read(fileOf(key, lengths), { start, end }),
  write: async (
    key: string,
    lengths: readonly number[],
    segment: number,
    bytes: Uint8Array<ArrayBuffer>,
  ) => (await opening).write(fileOf(key, lengths), segment, bytes),
  forget: async (key: string, lengths: readonly number[], segment: number) =>
    (await opening).forget(fileOf(key, lengths), segment),
  settle: async () => (await opening).settle(),
  keepOnly: async (keys: readonly string[]) => (await opening).keepOnly(new Set(keys)),
};
export type OpfsFilesApi = typeof api;

expose(api);
