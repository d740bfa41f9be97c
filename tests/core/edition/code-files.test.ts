import { describe, expect, it } from "vitest";
import {
  byworkBytesPerRow,
  decodeWorkCodes,
  encodeWorkCodeRow,
} from "../../../src/core/edition/bywork-file.ts";
import {
  decodeRestCluster,
  encodeRestCluster,
  restBytesPerRow,
} from "../../../src/core/edition/rest-file.ts";
import {
  blockSigns,
  decodeSignCluster,
  encodeSignCluster,
  signBytesPerRow,
  unblockSigns,
} from "../../../src/core/edition/sign-file.ts";
import { AppError } from "../../../src/core/errors.ts";
import { fromHalves } from "../../../src/core/model/half.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { randomCluster, randomWorkRows } from "../../helpers/random-codes.ts";

const SHAPES = [0, 1, 15, 16, 17, 33].flatMap((count) =>
  [32, 96, 512, 768].map((codeDim) => ({ count, codeDim })),
);

describe.each(SHAPES)("codes of $count rows of $codeDim numbers", ({ count, codeDim }) => {
  const { sign, rest } = randomCluster(count, codeDim, 7 * count + codeDim);
  const bounds = { count, codeDim, sentences: 3 * count + 1 };

  it("have signs that read back, each at its place in a block", () => {
    const bytes = encodeSignCluster(sign, codeDim);
    expect(bytes.length).toBe(count * signBytesPerRow(codeDim));
    const read = decodeSignCluster(bytes, count, codeDim);
    expect(unblockSigns(read.blocks, count, codeDim)).toEqual(sign.signs);
    expect(blockSigns(sign.signs, count, codeDim)).toEqual(read.blocks);
    expect(read.f1).toEqual(fromHalves(sign.f1));
    expect(read.h).toEqual(fromHalves(sign.h));
    const rowBytes = codeDim / 8;
    for (let row = 0; row < count; row++) {
      const block = Math.floor(row / 16);
      const rows = Math.min(16, count - 16 * block);
      const first = 16 * block * rowBytes;
      const last = read.blocks[first + (rowBytes - 1) * rows + (row % 16)];
      expect(last).toBe(sign.signs[row * rowBytes + rowBytes - 1]);
    }
  });

  it("have a rest that reads back", () => {
    const bytes = encodeRestCluster(rest);
    expect(bytes.length).toBe(count * restBytesPerRow(codeDim));
    expect(decodeRestCluster(bytes, bounds)).toEqual({
      ...rest,
      f4: fromHalves(rest.f4),
      adaptedFactors: fromHalves(rest.adaptedFactors),
    });
  });

  it("read back by work", () => {
    const rows = randomWorkRows(count, codeDim, 5, count);
    const bytes = new Uint8Array(count * byworkBytesPerRow(codeDim));
    rows.forEach((row, i) => {
      encodeWorkCodeRow(row, bytes, i * byworkBytesPerRow(codeDim));
    });
    const read = decodeWorkCodes(bytes, { count, codeDim, clusters: 5 });
    rows.forEach((row, i) => {
      expect(read.planes.subarray((i * codeDim) / 2, ((i + 1) * codeDim) / 2)).toEqual(row.planes);
    });
    const field = (name: "h" | "f4" | "adaptedFactor") =>
      fromHalves(Uint16Array.from(rows, (row) => row[name]));
    expect(read.h).toEqual(field("h"));
    expect(read.f4).toEqual(field("f4"));
    expect(read.adaptedFactors).toEqual(field("adaptedFactor"));
    expect([...read.clusters]).toEqual(rows.map(({ cluster }) => cluster));
    expect([...read.flags]).toEqual(rows.map(({ flags }) => flags));
  });
});

describe("damaged codes", () => {
  const codeDim = 64;
  const count = 17;
  const sentences = 60;
  const clusters = 4;
  const { sign, rest } = randomCluster(count, codeDim, 1);
  const signBytes = encodeSignCluster(sign, codeDim);
  const restBytes = encodeRestCluster(rest);
  const workBytes = new Uint8Array(count * byworkBytesPerRow(codeDim));
  randomWorkRows(count, codeDim, clusters, 2).forEach((row, i) => {
    encodeWorkCodeRow(row, workBytes, i * byworkBytesPerRow(codeDim));
  });
  const decoders: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
    ["sign", signBytes, (bytes) => decodeSignCluster(bytes, count, codeDim)],
    ["rest", restBytes, (bytes) => decodeRestCluster(bytes, { count, codeDim, sentences })],
    ["bywork", workBytes, (bytes) => decodeWorkCodes(bytes, { count, codeDim, clusters })],
  ];
  it.each(decoders)("%s: every other length is refused", (_, sound, decode) => {
    for (let length = 0; length < sound.length; length++) {
      expect(() => decode(sound.subarray(0, length))).toThrow(AppError);
    }
    expect(() => decode(new Uint8Array(sound.length + 1))).toThrow(AppError);
  });

  it.each(decoders)("%s: flipped bits are read or refused, never more", (_, sound, decode) => {
    const random = createSeededRandom(5);
    let refused = 0;
    for (let round = 0; round < 600; round++) {
      const damaged = sound.slice();
      // The factors lie at the end of a cluster and of a record: half of the hits go there.
      const reach = random() < 0.5 ? Math.floor(sound.length / 8) : sound.length;
      const at = sound.length - 1 - Math.floor(random() * reach);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      if (random() < 0.3) damaged[at] = 0xff;
      try {
        decode(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  it.each([0x7c00, 0xfc00, 0x7e01])("a factor of bits %i is refused in every file", (bits) => {
    const broken = Uint16Array.from(sign.f1, (half, i) => (i === 3 ? bits : half));
    const encodedSign = encodeSignCluster({ ...sign, f1: broken }, codeDim);
    expect(() => decodeSignCluster(encodedSign, count, codeDim)).toThrow(AppError);
    const encodedRest = encodeRestCluster({ ...rest, adaptedFactors: broken });
    expect(() => decodeRestCluster(encodedRest, { count, codeDim, sentences })).toThrow(AppError);
    const records = workBytes.slice();
    new DataView(records.buffer).setUint16(codeDim / 2 + 6, bits, true);
    expect(() => decodeWorkCodes(records, { count, codeDim, clusters })).toThrow(AppError);
  });

  it("rows twice, out of order or out of bounds, and clusters out of bounds are refused", () => {
    const bounds = { count, codeDim, sentences };
    const withRow = (index: number, row: number) =>
      encodeRestCluster({ ...rest, rows: rest.rows.with(index, row) });
    expect(() => decodeRestCluster(withRow(5, rest.rows[4] ?? 0), bounds)).toThrow(AppError);
    expect(() => decodeRestCluster(withRow(16, 1), bounds)).toThrow(AppError);
    expect(() => decodeRestCluster(withRow(16, sentences), bounds)).toThrow(AppError);
    const few = { count, codeDim, clusters: 1 };
    expect(() => decodeWorkCodes(workBytes, few)).toThrow(AppError);
  });
});
