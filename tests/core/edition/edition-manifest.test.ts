import { describe, expect, it } from "vitest";
import { editionInfo, parseEditionManifest } from "../../../src/core/edition/edition-manifest.ts";
import { AppError } from "../../../src/core/errors.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const HASH = "0123456789abcdef".repeat(4);
const plain = (name: string) => ({ name: `${name}.1.bin`, bytes: 10, sha256: HASH });
const chunked = (name: string) => ({
  ...plain(name),
  chunkBytes: 4,
  chunkSha256: [HASH, HASH, HASH],
});
const indexFiles = {
  router: chunked("router"),
  sign: plain("sign"),
  rest: plain("rest"),
  bywork: plain("bywork"),
  hashes: chunked("hashes"),
  rows: plain("rows"),
};
const files = {
  ...indexFiles,
  works: chunked("works"),
  texts: chunked("texts"),
  sources: chunked("sources"),
};
const figures = {
  kind: "patches",
  variant: "adapted",
  queries: 40,
  at: 25,
  shares: [0.01, 1],
  recall: [0.5, 0.9],
  recallReranked: [0.6, 1],
  regret: [0.01, 0.001],
  regretReranked: [0.01, 0],
};
const shared = {
  kind: "shared",
  fingerprint: "adapter",
  rank: 16,
  identityError: 5e-8,
  identityRows: 600,
  conditionNumber: 12,
  queryGrowth: { mean: 1.1, largest: 1.4 },
};
const own = {
  kind: "own",
  fingerprint: "adapter",
  why: "the adapter touches more than the projections",
  clusters: 9,
  exact: { kind: "file", type: "f16" },
  files: indexFiles,
};
const manifest = {
  format: "artefact-edition",
  version: 3,
  editionId: "0123456789abcdef",
  name: "Notes",
  sentences: 600,
  works: 12,
  dim: 512,
  fingerprint: "model",
  clusters: 24,
  coding: "rabitq4",
  exact: { kind: "file", type: "f32" },
  adapted: shared,
  files,
  proof: { hubShare: 0.4, figures: [figures] },
  images: { base: "images/" },
  quality: { caption: 3, bibliography: 0 },
};

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
    const { manifest: built } = makeTinyEdition({ sentences: 60 });
    expect(parseEditionManifest(JSON.parse(JSON.stringify(built)))).toEqual(built);
  });

  const { rows: _rows, ...withoutRows } = files;
  it.each<[string, object]>([
    ["all fields", manifest],
    ["a second index for the adapter", { ...manifest, adapted: own }],
    ["no exact rows", { ...manifest, exact: null, files: withoutRows }],
    [
      "exact rows elsewhere",
      {
        ...manifest,
        exact: { kind: "external", url: "https://example.org/rows", start: 96, type: "f32" },
        files: withoutRows,
      },
    ],
    [
      "nothing that may be missing",
      { ...manifest, adapted: null, proof: null, images: null, quality: null },
    ],
    [
      "no pictures to measure the hub share with",
      { ...manifest, proof: { hubShare: null, figures: [] } },
    ],
    ["images on another host", { ...manifest, images: { base: "https://example.org/i/" } }],
  ])("reads %s as written", (_, json) => {
    expect(parseEditionManifest(JSON.parse(JSON.stringify(json)))).toEqual(json);
  });

  it.each([2, 7])("names both versions where the edition has version %i", (version) => {
    expect(detailOf(() => parseEditionManifest({ ...manifest, version }))).toEqual({
      code: "edition-version",
      found: version,
      supported: 3,
    });
  });

  const withFile = (name: keyof typeof files, change: object) => ({
    ...manifest,
    files: { ...files, [name]: { ...files[name], ...change } },
  });
  const withFigures = (change: object) => ({
    ...manifest,
    proof: { hubShare: 0.4, figures: [{ ...figures, ...change }] },
  });
  it.each<[string, unknown]>([
    ["a list", []],
    ["another format", { ...manifest, format: "artefact-pack" }],
    ["no sentences", { ...manifest, sentences: 0 }],
    ["a fractional count", { ...manifest, sentences: 1.5 }],
    ["more clusters than sentences", { ...manifest, clusters: 601 }],
    ["an odd length of vectors", { ...manifest, dim: 30 }],
    ["an unknown coding", { ...manifest, coding: "int8" }],
    ["a missing file", { ...manifest, files: {} }],
    ["a file name that leaves the folder", withFile("sign", { name: "../sign.bin" })],
    ["a file name with a scheme", withFile("rest", { name: "https://elsewhere/rest" })],
    ["a missing chunk hash", withFile("router", { chunkSha256: [] })],
    ["a hash that is none", withFile("bywork", { sha256: "xyz" })],
    ["a chunk's hash that is none", withFile("hashes", { chunkSha256: ["x", "y", "z"] })],
    ["a negative size", withFile("texts", { bytes: -1 })],
    ["exact rows without their file", { ...manifest, files: withoutRows }],
    ["a file of rows that nothing speaks of", { ...manifest, exact: null }],
    ["exact rows of an unknown type", { ...manifest, exact: { kind: "file", type: "i8" } }],
    [
      "exact rows over plain http",
      {
        ...manifest,
        exact: { kind: "external", url: "http://example.org/rows", start: 0, type: "f32" },
        files: withoutRows,
      },
    ],
    [
      "an adapter of a rank above the dimension",
      { ...manifest, adapted: { ...shared, rank: 513 } },
    ],
    ["an adapter of no kind", { ...manifest, adapted: { ...shared, kind: "both" } }],
    ["a second index without its files", { ...manifest, adapted: { ...own, files: {} } }],
    ["figures of different lengths", withFigures({ recall: [1] })],
    ["shares that fall", withFigures({ shares: [1, 0.5] })],
    ["shares above everything", withFigures({ shares: [0.5, 1.5] })],
    ["queries of an unknown kind", withFigures({ kind: "dreams" })],
    ["images under a script", { ...manifest, images: { base: "javascript:alert(1)/" } }],
    ["more flagged sentences than there are", { ...manifest, quality: { caption: 601 } }],
  ])("refuses %s", (_, json) => {
    expect(detailOf(() => parseEditionManifest(json))).toMatchObject({ code: "edition-corrupt" });
  });
});

describe("editionInfo", () => {
  it("sums the bytes of all files, those of a second index too", () => {
    const info = editionInfo(parseEditionManifest(manifest));
    expect(info).toMatchObject({ bytes: 90, sentences: 600, adapterFingerprint: "adapter" });
    expect(editionInfo(parseEditionManifest({ ...manifest, adapted: own })).bytes).toBe(150);
  });
});
