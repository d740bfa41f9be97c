import { describe, expect, it } from "vitest";
import { gunzip, gzip } from "../../../scripts/build-index/gzip.ts";
import { decodeIndexRouter, encodeIndexRouter } from "../../../src/core/edition/index-router.ts";
import {
  applyTransform,
  applyTransposed,
  createLowRankTransform,
} from "../../../src/core/edition/low-rank-transform.ts";
import { dequantizeRow, quantizeRow } from "../../../src/core/edition/quantize.ts";
import { encodeTextBlock, encodeTexts, openTexts } from "../../../src/core/edition/texts-file.ts";
import { encodeWorks, parseWorks } from "../../../src/core/edition/works-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { randomSpace } from "../../helpers/code-space.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { memorySource } from "../../helpers/memory-source.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";
import { makeTinyEdition } from "../../helpers/tiny-edition.ts";

const edition = makeTinyEdition({ sentences: 300 });
const { router, bytes } = edition.files;

describe("the router file", () => {
  it("reads back as it was written", () => {
    expect(decodeIndexRouter(bytes.router)).toEqual(router);
    expect(encodeIndexRouter(decodeIndexRouter(bytes.router))).toEqual(bytes.router);
  });

  it("reads a metric, a hub and no transform back", () => {
    const { facts } = randomSpace(router.dim, 4);
    const other = { ...router, space: facts, transform: null };
    expect(decodeIndexRouter(encodeIndexRouter(other))).toEqual(other);
  });

  it("names both versions where it is newer", () => {
    const newer = bytes.router.slice();
    newer[4] = 9;
    expect(() => decodeIndexRouter(newer)).toThrow(
      new AppError({ code: "edition-version", found: 9, supported: 2 }),
    );
  });

  it.each([
    ["codes of another width", 56, 8],
    ["a reserved word that is used", 60, 1],
    ["a metric that is there twice", 48, 2],
  ])("refuses %s", (_, at, value) => {
    const damaged = bytes.router.slice();
    damaged[at] = value;
    expect(() => decodeIndexRouter(damaged)).toThrow(AppError);
  });

  it("refuses a hub direction that is no unit vector", () => {
    const { facts } = randomSpace(router.dim, 4);
    const long = { ...facts, hub: new Float32Array(router.dim).fill(1) };
    const encoded = encodeIndexRouter({ ...router, space: long });
    expect(() => decodeIndexRouter(encoded)).toThrow(AppError);
  });
});

describe("int8 vectors", () => {
  it("codes every component within half a step", () => {
    const random = createSeededRandom(4);
    for (let i = 0; i < 50; i++) {
      const vector = drawVector(64, random);
      const codes = new Int8Array(64);
      const scale = quantizeRow(vector, codes, 0);
      const back = dequantizeRow(codes, 0, 64, scale);
      vector.forEach((value, j) => {
        expect(Math.abs(value - (back[j] ?? 0))).toBeLessThanOrEqual(scale * 0.5001);
      });
    }
  });

  it("codes the zero vector as zeros", () => {
    const codes = Int8Array.of(9, 9);
    expect(quantizeRow(new Float32Array(2), codes, 0)).toBe(0);
    expect(codes).toEqual(Int8Array.of(0, 0));
  });
});

describe("the texts file", () => {
  it("gives any rows in the order asked for, every script unharmed", async () => {
    const reader = await openTexts(memorySource(bytes.texts), 300, gunzip, neverAborted());
    const rows = [299, 0, 64, 63, 128, 0];
    const sentences = await reader.read(rows, neverAborted());
    expect(sentences).toEqual(rows.map((row) => edition.corpus.sentences[row]));
  });

  it("reads each block once for several rows in it", async () => {
    const source = memorySource(bytes.texts);
    const reader = await openTexts(source, 300, gunzip, neverAborted());
    const before = source.reads.length;
    await reader.read([0, 1, 2, 63, 64], neverAborted());
    expect(source.reads.length - before).toBe(2);
  });

  it("keeps empty texts and a text that begins with a byte-order mark", async () => {
    const sentences = [
      { sentenceId: "W_s1", text: "" },
      { sentenceId: "W_s2", text: "\ufeffmarked" },
    ];
    const reader = await openTexts(
      memorySource(encodeTexts(sentences, gzip)),
      2,
      gunzip,
      neverAborted(),
    );
    expect(await reader.read([0, 1], neverAborted())).toEqual(sentences);
  });

  it("is a third of its text, and refuses a block that does not unpack", async () => {
    const prose = Array.from({ length: 64 }, (_, i) => {
      const text = `In the ${i}th picture of the series the light falls from the upper left.`;
      return { sentenceId: `W1234567890_s${i}`, text };
    });
    const file = encodeTexts(prose, gzip);
    expect(file.length).toBeLessThan(encodeTextBlock(prose).length / 3);
    file[40] = (file[40] ?? 0) ^ 0xff;
    const reader = await openTexts(memorySource(file), 64, gunzip, neverAborted());
    await expect(reader.read([0], neverAborted())).rejects.toMatchObject({
      detail: { code: "edition-corrupt", file: "texts" },
    });
  });

  it("refuses a row that the edition does not have", async () => {
    const reader = await openTexts(memorySource(bytes.texts), 300, gunzip, neverAborted());
    await expect(reader.read([300], neverAborted())).rejects.toBeInstanceOf(AppError);
  });
});

describe("the works file", () => {
  const { works } = edition.corpus;

  it("reads back as it was written", () => {
    const file = { works, topicNames: { T0: "Light" }, aliases: {} };
    expect(parseWorks(encodeWorks(file), works.length)).toEqual(file);
  });

  it("drops a link that is not https", () => {
    const hostile = works.map((work) => ({ ...work, link: "javascript:alert(1)" }));
    const parsed = parseWorks(
      encodeWorks({ works: hostile, topicNames: {}, aliases: {} }),
      works.length,
    );
    expect(parsed.works.every(({ link }) => link === null)).toBe(true);
  });

  it("refuses another number of works and anything that is not JSON", () => {
    const utf8 = encodeWorks({ works, topicNames: {}, aliases: {} });
    expect(() => parseWorks(utf8, works.length + 1)).toThrow(AppError);
    expect(() => parseWorks(utf8.subarray(1), works.length)).toThrow(AppError);
  });
});

describe("LowRankTransform", () => {
  it("gives <q, M·t> = <Mᵀ·q, t>", () => {
    const random = createSeededRandom(8);
    const factor = () => Float32Array.from([0, 1, 2, 3].flatMap(() => [...drawVector(16, random)]));
    const transform = createLowRankTransform(16, 4, factor(), factor());
    for (let i = 0; i < 20; i++) {
      const [q, t] = [drawVector(16, random), drawVector(16, random)];
      const left = dotFloats(q, 0, applyTransform(transform, t), 0, 16);
      const right = dotFloats(applyTransposed(transform, q), 0, t, 0, 16);
      expect(left).toBeCloseTo(right, 5);
    }
  });

  it("refuses factors of another size", () => {
    expect(() => createLowRankTransform(4, 2, new Float32Array(8), new Float32Array(7))).toThrow(
      AppError,
    );
  });
});
