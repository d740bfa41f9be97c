import "fake-indexeddb/auto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openPieceStore } from "../../../workers/converter/piece-store.ts";

afterEach(() => {
  vi.restoreAllMocks();
  indexedDB.deleteDatabase("artefact-made-models");
});

const textOf = async (pieces: readonly Blob[]) => new Blob([...pieces]).text();

describe("the store of pieces", () => {
  it("keeps pieces in their order, from one visit to the next", async () => {
    const store = await openPieceStore();
    for (const part of ["one ", "two ", "three"]) await store.append("file", new Blob([part]));
    await store.append("file 2", new Blob(["other"]));
    const next = await openPieceStore();
    expect(await textOf(await next.pieces("file"))).toBe("one two three");
    await next.append("file", new Blob([" four"]));
    expect(await textOf(await next.pieces("file"))).toBe("one two three four");
    expect(await next.files()).toEqual(["file", "file 2"]);
    expect(next.state()).toBe("kept");
  });

  it("goes on in memory when the disk is full, says so, and finds its pieces in order", async () => {
    const store = await openPieceStore();
    await store.append("file", new Blob(["kept "]));
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    await store.append("file", new Blob(["held "]));
    expect(store.state()).toBe("full");
    expect(store.isKept("file")).toBe(false);
    full.mockRestore();
    await store.append("file", new Blob(["kept again"]));
    expect(await textOf(await store.pieces("file"))).toBe("kept held kept again");
    // At the next visit, what stood in memory is missing: only what comes before it is of use.
    expect(await textOf(await (await openPieceStore()).pieces("file"))).toBe("kept ");
  });

  it("removes a file with all that is known of it, and no other", async () => {
    const store = await openPieceStore();
    await store.append("file", new Blob(["one"]));
    await store.append("file:longer", new Blob(["two"]));
    await store.putDownload("file", { digest: null, version: "v", size: 3 });
    await store.removeFile("file");
    expect(await store.pieces("file")).toEqual([]);
    expect(await store.getDownload("file")).toBeUndefined();
    expect(await textOf(await store.pieces("file:longer"))).toBe("two");
    await store.append("file", new Blob(["anew"]));
    expect(await textOf(await store.pieces("file"))).toBe("anew");
  });
});
