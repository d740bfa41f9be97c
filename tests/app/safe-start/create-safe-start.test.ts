import { describe, expect, it } from "vitest";
import { createSafeStart } from "../../../src/app/safe-start/create-safe-start.ts";
import type { PageLife } from "../../../src/app/safe-start/page-life.ts";
import { createWorkMarks, type MarkStorage } from "../../../src/app/safe-start/work-marks.ts";

const NOW = 1_000_000_000;
const DAY = 24 * 60 * 60 * 1000;

function fakeStorage(): MarkStorage & { readonly keys: () => readonly string[] } {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    key: (index) => [...values.keys()][index] ?? null,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

/** A page whose leaving and returning the test decides, among others of which the test says which live. */
function fakePage(id: string, living: readonly string[] = []) {
  let leave = () => {};
  let comeBack = () => {};
  const life: PageLife = {
    id,
    begin: async () => (pageId) => living.includes(pageId),
    onLeave: (listener) => {
      leave = listener;
    },
    onReturn: (listener) => {
      comeBack = listener;
    },
  };
  return { life, leave: () => leave(), comeBack: () => comeBack() };
}

const never = () => new Promise<never>(() => undefined);

describe("createSafeStart", () => {
  it("starts carefully after a page that ended in the middle of work, once", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    const first = createSafeStart(marks, fakePage("one").life, () => NOW);
    await first.ready;
    void first.during(never);
    expect(first.isSafe()).toBe(false);
    const second = createSafeStart(marks, fakePage("two").life, () => NOW + 1);
    await second.ready;
    expect(second.isSafe()).toBe(true);
    const third = createSafeStart(marks, fakePage("three").life, () => NOW + 2);
    await third.ready;
    expect(third.isSafe()).toBe(false);
  });

  it("starts the normal way after work that came to its end, well or badly", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    const first = createSafeStart(marks, fakePage("one").life, () => NOW);
    await first.ready;
    expect(await first.during(async () => 7)).toBe(7);
    await expect(first.during(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(storage.keys()).toEqual([]);
  });

  it("keeps the mark until the last piece of work has ended", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    const page = createSafeStart(marks, fakePage("one").life, () => NOW);
    await page.ready;
    void page.during(never);
    await page.during(async () => undefined);
    expect(storage.keys()).toHaveLength(1);
  });

  it("is not confused by another tab that is at work", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    const first = createSafeStart(marks, fakePage("one").life, () => NOW);
    await first.ready;
    void first.during(never);
    const second = createSafeStart(marks, fakePage("two", ["one"]).life, () => NOW);
    await second.ready;
    expect(second.isSafe()).toBe(false);
    expect(storage.keys()).toHaveLength(1);
  });

  it("takes an orderly leave for no crash, and marks a page that comes back", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    const page = fakePage("one");
    const first = createSafeStart(marks, page.life, () => NOW);
    await first.ready;
    void first.during(never);
    page.leave();
    expect(storage.keys()).toEqual([]);
    page.comeBack();
    expect(storage.keys()).toHaveLength(1);
  });

  it("takes a mark of long ago for nothing, and removes it", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    marks.set("old", NOW - 8 * DAY);
    const page = createSafeStart(marks, fakePage("one").life, () => NOW);
    await page.ready;
    expect(page.isSafe()).toBe(false);
    expect(storage.keys()).toEqual([]);
  });

  it("goes back to the normal way when the person wants it", async () => {
    const storage = fakeStorage();
    const marks = createWorkMarks(() => storage);
    marks.set("dead", NOW);
    const page = createSafeStart(marks, fakePage("one").life, () => NOW);
    await page.ready;
    page.leave();
    expect(page.isSafe()).toBe(false);
  });

  it("works in a browser that refuses storage", async () => {
    const marks = createWorkMarks(() => {
      throw new DOMException("refused", "SecurityError");
    });
    const page = createSafeStart(marks, fakePage("one").life, () => NOW);
    await page.ready;
    expect(await page.during(async () => 1)).toBe(1);
    expect(page.isSafe()).toBe(false);
  });
});
