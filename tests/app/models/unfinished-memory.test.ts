import { describe, expect, it } from "vitest";
import { createUnfinishedMemory } from "../../../src/app/models/unfinished-memory.ts";

function fakeStorage(values = new Map<string, string>()) {
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

describe("the memory of unfinished downloads", () => {
  it("keeps one state a model until it is complete", () => {
    const storage = fakeStorage();
    createUnfinishedMemory(() => storage).write("clip", { loaded: 80, total: 176 });
    const next = createUnfinishedMemory(() => storage);
    expect(next.read("clip")).toEqual({ loaded: 80, total: 176 });
    expect(next.read("other")).toBeNull();
    next.write("clip", null);
    expect(next.read("clip")).toBeNull();
  });

  it.each(["{", "null", "5", '{"loaded":1}', '{"loaded":9,"total":3}', '{"loaded":"1","total":2}'])(
    "knows nothing where %j is stored",
    (text) => {
      const storage = fakeStorage(new Map([["artefact.unfinished.clip", text]]));
      expect(createUnfinishedMemory(() => storage).read("clip")).toBeNull();
    },
  );

  it("works in a browser that refuses storage", () => {
    const memory = createUnfinishedMemory(() => {
      throw new DOMException("refused", "SecurityError");
    });
    memory.write("clip", { loaded: 1, total: 2 });
    expect(memory.read("clip")).toBeNull();
  });
});
