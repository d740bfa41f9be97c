import { describe, expect, it } from "vitest";
import { filesOfDrop } from "../../../src/app/models/own-files.ts";

/** A dropped file, as a browser's file system shows it. */
function fileEntry(name: string): FileSystemEntry {
  return {
    isFile: true,
    isDirectory: false,
    name,
    file: (take: (file: File) => void) => take(new File(["x"], name)),
  } as unknown as FileSystemEntry;
}

/** A dropped folder, which gives its content two entries at a time. */
function folderEntry(name: string, content: readonly FileSystemEntry[]): FileSystemEntry {
  return {
    isFile: false,
    isDirectory: true,
    name,
    createReader() {
      let read = 0;
      return {
        readEntries(take: (entries: readonly FileSystemEntry[]) => void) {
          take(content.slice(read, read + 2));
          read += 2;
        },
      };
    },
  } as unknown as FileSystemEntry;
}

function dropOf(...entries: readonly (FileSystemEntry | null)[]): DataTransfer {
  return {
    items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
    files: [new File(["x"], "plain.bin")],
  } as unknown as DataTransfer;
}

const names = async (transfer: DataTransfer | null) =>
  (await filesOfDrop(transfer)).map((file) => file.name);

describe("filesOfDrop", () => {
  it("finds the files of folders in folders, however many a browser gives at once", async () => {
    const onnx = folderEntry("onnx", [
      fileEntry("vision_model.onnx"),
      fileEntry("text_model.onnx"),
    ]);
    const folder = folderEntry("clip", [
      fileEntry("config.json"),
      fileEntry("tokenizer.json"),
      onnx,
    ]);
    expect(await names(dropOf(folder, fileEntry("adapter_config.json")))).toEqual([
      "config.json",
      "tokenizer.json",
      "vision_model.onnx",
      "text_model.onnx",
      "adapter_config.json",
    ]);
  });

  it("takes the plain files where a browser shows no entries, and nothing of an empty drop", async () => {
    expect(await names(dropOf(null))).toEqual(["plain.bin"]);
    expect(await names(null)).toEqual([]);
  });

  it("takes a file that the system does not let be listed as it was given, so that reading it says why", async () => {
    const forbidden = {
      isFile: true,
      name: "forbidden.bin",
      file: (_take: unknown, refuse: (error: Error) => void) => refuse(new Error("NotReadable")),
    } as unknown as FileSystemEntry;
    expect(await names(dropOf(fileEntry("a.txt"), forbidden))).toEqual(["plain.bin"]);
  });

  it("stops before a whole disk is read", async () => {
    const many = Array.from({ length: 500 }, (_, index) => fileEntry(`file-${index}`));
    expect((await names(dropOf(folderEntry("disk", many)))).length).toBeLessThanOrEqual(200);
  });
});
