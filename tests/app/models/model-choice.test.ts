import { describe, expect, it } from "vitest";
import {
  createChoiceMemory,
  DEMO_CHOICE,
  isSameChoice,
} from "../../../src/app/models/model-choice.ts";

function fakeStorage(initial: Record<string, string> = {}) {
  const values = new Map(Object.entries(initial));
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

const clip = { kind: "made", packId: "p1", name: "CLIP" } as const;

describe("the memory of the chosen model", () => {
  it("starts with the demo encoder, and gives back what was chosen", () => {
    const memory = createChoiceMemory(() => fakeStorage());
    expect(memory.read()).toEqual(DEMO_CHOICE);
    const storage = fakeStorage();
    createChoiceMemory(() => storage).write(clip);
    expect(createChoiceMemory(() => storage).read()).toEqual(clip);
  });

  it("leaves nothing behind once the demo encoder is chosen again", () => {
    const storage = fakeStorage();
    const memory = createChoiceMemory(() => storage);
    memory.write(clip);
    memory.write(DEMO_CHOICE);
    expect(storage.values.size).toBe(0);
  });

  it.each(["", "null", "7", "{", '{"packId":3,"name":"x"}', '{"packId":"x"}'])(
    "starts with the demo encoder where %j is stored",
    (text) => {
      const storage = fakeStorage({ "artefact.model": text });
      expect(createChoiceMemory(() => storage).read()).toEqual(DEMO_CHOICE);
    },
  );

  it("works in a browser that refuses storage", () => {
    const memory = createChoiceMemory(() => {
      throw new DOMException("refused", "SecurityError");
    });
    memory.write(clip);
    expect(memory.read()).toEqual(DEMO_CHOICE);
  });
});

describe("isSameChoice", () => {
  it("compares packs by their id and not by their name", () => {
    expect(isSameChoice(clip, { ...clip, name: "Another" })).toBe(true);
    expect(isSameChoice(clip, { ...clip, packId: "p2" })).toBe(false);
    expect(isSameChoice(clip, DEMO_CHOICE)).toBe(false);
    expect(isSameChoice(DEMO_CHOICE, { kind: "demo" })).toBe(true);
  });
});
