import { describe, expect, it } from "vitest";
import { editionInfo, parseEditionManifest } from "../../../src/core/edition/manifest.ts";
import { requireSameModel } from "../../../src/core/edition/require-same-model.ts";
import { AppError } from "../../../src/core/errors.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const { manifest } = makeTinyEdition({ sentences: 60 });

function detailOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.detail;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseEditionManifest", () => {
  it("gives back what the builder wrote", () => {
    expect(parseEditionManifest(JSON.parse(JSON.stringify(manifest)))).toEqual(manifest);
  });

  it("names both versions where the edition is newer", () => {
    expect(detailOf(() => parseEditionManifest({ ...manifest, version: 7 }))).toEqual({
      code: "edition-version",
      found: 7,
      supported: 2,
    });
  });

  const { codes } = manifest.files;
  const withCodes = (change: object) => ({
    ...manifest,
    files: { ...manifest.files, codes: { ...codes, ...change } },
  });
  it.each([
    ["a list", []],
    ["another format", { ...manifest, format: "artefact-pack" }],
    ["no sentences", { ...manifest, sentences: 0 }],
    ["a fractional count", { ...manifest, sentences: 1.5 }],
    ["more clusters than sentences", { ...manifest, clusters: manifest.sentences + 1 }],
    ["an odd length of vectors", { ...manifest, dim: 30 }],
    ["an unknown coding", { ...manifest, coding: "float64" }],
    ["a missing file", { ...manifest, files: {} }],
    ["a file name that leaves the folder", withCodes({ name: "../codes.bin" })],
    ["a file name with a scheme", withCodes({ name: "https://elsewhere/codes" })],
    ["a missing chunk hash", withCodes({ chunkSha256: [] })],
    ["a hash that is none", withCodes({ sha256: "xyz" })],
    ["a negative size", withCodes({ bytes: -1 })],
    ["recall figures of different lengths", { ...manifest, recall: { ...recall(), recalls: [] } }],
  ])("refuses %s", (_, json) => {
    expect(detailOf(() => parseEditionManifest(json))).toMatchObject({ code: "edition-corrupt" });
  });
});

describe("editionInfo", () => {
  it("sums the bytes of all files", () => {
    const { router, codes, rows, works, texts, sources } = manifest.files;
    const bytes = [router, codes, rows, works, texts, sources].reduce(
      (sum, file) => sum + file.bytes,
      0,
    );
    expect(editionInfo(manifest)).toMatchObject({ bytes, sentences: 60, name: "Tiny" });
  });
});

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

function recall() {
  return { at: 25, queries: 3, kind: "synthetic", scannedShares: [1], recalls: [1] };
}
