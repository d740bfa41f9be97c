import { describe, expect, it } from "vitest";
import { requireSameModel } from "../../../src/core/edition/require-same-model.ts";
import { AppError } from "../../../src/core/errors.ts";

function detailOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.detail;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("requireSameModel", () => {
  const edition = { name: "Notes", fingerprint: "a", adapterFingerprint: "x", dim: 512 };
  const demo = { name: "Demo", fingerprint: "a", adapterFingerprint: "x", dim: 512 };
  const mismatch = { code: "model-mismatch", edition: "Notes", model: "Demo" };

  it("accepts the model that the edition was made with, in both variants", () => {
    expect(() => requireSameModel(edition, demo, "base")).not.toThrow();
    expect(() => requireSameModel(edition, demo, "adapted")).not.toThrow();
  });

  it.each([
    { ...demo, fingerprint: "b" },
    { ...demo, dim: 768 },
  ])("refuses another model and names both: %o", (model) => {
    expect(detailOf(() => requireSameModel(edition, model, "base"))).toEqual(mismatch);
  });

  it("lets a model without an adapter search the base of an edition that has one", () => {
    const plain = { ...demo, adapterFingerprint: null };
    expect(() => requireSameModel(edition, plain, "base")).not.toThrow();
    expect(() => requireSameModel(edition, plain, "adapted")).not.toThrow();
  });

  it.each(["y", null])("lets another adapter (%s) search the base and nothing else", (adapter) => {
    const other = { ...edition, adapterFingerprint: adapter };
    expect(() => requireSameModel(other, demo, "base")).not.toThrow();
    expect(detailOf(() => requireSameModel(other, demo, "adapted"))).toEqual(mismatch);
  });
});
