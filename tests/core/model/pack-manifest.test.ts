import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import {
  formatPackManifest,
  PART_FILES,
  type PackPart,
  parsePackManifest,
} from "../../../src/core/model/pack-manifest.ts";

const sha256 = "0123456789abcdef".repeat(4);
const filesOf = (part: PackPart) =>
  PART_FILES[part].map((name) => ({ name, part, bytes: 10, sha256 }));
const valid = {
  format: "artefact-pack",
  version: 2,
  packId: "tiny-f32-0123",
  name: "Tiny",
  variants: { base: "Base", adapted: null },
  fingerprint: sha256,
  textFingerprint: sha256,
  adapter: null,
  storage: "f32",
  dim: 2,
  width: 8,
  heads: 2,
  layers: 3,
  imageSize: 32,
  patchSize: 16,
  grid: 2,
  imageMean: [0.4, 0.5, 0.6],
  imageStd: [0.2, 0.2, 0.2],
  vocabulary: null,
  knownAnswer: {
    embedding: [0.6, 0.8],
    lambda: [1, 0.5, 0.2, 0],
    gradientNorms: [1, 2, 3, 4],
    tolerance: 0.01,
  },
  text: {
    width: 4,
    heads: 2,
    layers: 2,
    contextLength: 16,
    vocabularySize: 9,
    endOfTextToken: 8,
    knownAnswer: { embedding: [0.8, 0.6], tolerance: 0.01 },
  },
  files: [...filesOf("vision"), ...filesOf("text")],
};
const withoutText = { ...valid, text: null, textFingerprint: null, files: filesOf("vision") };

const adapter = { fingerprint: sha256, rank: 2, scale: 2 };
const withPart = (part: PackPart) => (file: (typeof valid.files)[number]) => ({ ...file, part });

function verdict(json: unknown): string {
  try {
    parsePackManifest(json);
    return "accepted";
  } catch (error) {
    return isAppError(error) ? JSON.stringify(error.detail) : `not typed: ${String(error)}`;
  }
}

describe("a pack's manifest", () => {
  it("comes back unchanged from its own text", () => {
    const manifest = parsePackManifest(valid);
    expect(parsePackManifest(JSON.parse(formatPackManifest(manifest)))).toEqual(manifest);
    expect(JSON.parse(formatPackManifest(manifest))).toEqual(valid);
  });

  it("may lack the text part, with all of its files", () => {
    expect(parsePackManifest(withoutText).text).toBeNull();
    expect(verdict({ ...withoutText, files: valid.files })).toMatch(/text.onnx is listed 1 times/);
  });

  it("of another version is told apart from a broken one", () => {
    expect(verdict({ ...valid, version: 1 })).toBe(
      JSON.stringify({ code: "pack-version", found: 1, supported: 2 }),
    );
  });

  it.each([
    ["no object", null],
    ["another format", { ...valid, format: "zip" }],
    ["a grid that does not fit the picture", { ...valid, grid: 3 }],
    ["a fingerprint that is no hash", { ...valid, fingerprint: "abc" }],
    ["an unknown storage", { ...valid, storage: "q4" }],
    ["a file missing", { ...valid, files: valid.files.slice(1) }],
    ["a file of the wrong part", { ...valid, files: valid.files.map(withPart("text")) }],
    ["an id that is a path", { ...valid, packId: "../x" }],
    ["an adapter without a variant", { ...valid, adapter }],
    ["a variant without an adapter", { ...valid, variants: { base: "B", adapted: "A" } }],
    ["a text tower without a fingerprint", { ...valid, textFingerprint: null }],
    [
      "an end of the text beyond the vocabulary",
      { ...valid, text: { ...valid.text, endOfTextToken: 9 } },
    ],
    ["a file listed twice", { ...valid, files: [...valid.files, valid.files[0]] }],
    [
      "a file outside of the pack",
      { ...valid, files: [...valid.files, { name: "../x", part: "text", bytes: 1, sha256 }] },
    ],
    ["an empty file", { ...valid, files: valid.files.map((file) => ({ ...file, bytes: 0 })) }],
    ["a deviation of zero", { ...valid, imageStd: [0.2, 0, 0.2] }],
    ["two means", { ...valid, imageMean: [0.5, 0.5] }],
    ["a width beyond belief", { ...valid, width: 1e12 }],
    ["a vocabulary of numbers", { ...valid, vocabulary: [1, 2] }],
    [
      "a known answer of another length",
      { ...valid, knownAnswer: { ...valid.knownAnswer, embedding: [1] } },
    ],
    [
      "a known answer that is no number",
      { ...valid, knownAnswer: { ...valid.knownAnswer, lambda: [1, 0.5, 0.2, null] } },
    ],
  ])("with %s is corrupt", (_, json) => {
    expect(verdict(json)).toMatch(/"code":"pack-corrupt","file":"manifest.json"/);
  });
});
