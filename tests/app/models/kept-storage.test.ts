import { describe, expect, it } from "vitest";
import { readStorageRoom, requestPersistence } from "../../../src/app/models/kept-storage.ts";

const broken = () => Promise.reject(new TypeError("refused"));

describe("what a browser says of its storage", () => {
  it("is how much more it takes, and whether it promised to keep it", async () => {
    const storage = {
      persisted: async () => true,
      estimate: async () => ({ quota: 500, usage: 700 }),
    };
    expect(await readStorageRoom(storage)).toEqual({ isPersistent: true, free: 0 });
  });

  it("is nothing where it has no such calls, or they fail", async () => {
    const nothing = { isPersistent: false, free: null };
    expect(await readStorageRoom(undefined)).toEqual(nothing);
    expect(await readStorageRoom({})).toEqual(nothing);
    expect(await readStorageRoom({ persisted: broken, estimate: broken })).toEqual(nothing);
    expect(await requestPersistence(undefined)).toBe(false);
    expect(await requestPersistence({ persist: broken })).toBe(false);
  });
});
