import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  HASH_BYTES,
  HASHED_FILES,
  hashedBlocks,
  hashesBytes,
  hashesRange,
  keptHash,
  truncateHash,
} from "../../../src/core/edition/hashes-file.ts";
import { firstRowsOfWorks, worksOfRows } from "../../../src/core/edition/work-rows.ts";
import { AppError } from "../../../src/core/errors.ts";

describe("the hashes file", () => {
  const shape = { clusters: 5, works: 3, sentences: 65, hasRows: true };

  it("has the blocks of all files one after the other, without a gap", () => {
    expect(hashedBlocks(shape)).toEqual({ sign: 5, rest: 5, bywork: 3, rows: 3 });
    let at = 0;
    for (const file of HASHED_FILES) {
      const blocks = hashedBlocks(shape)[file];
      const range = hashesRange(shape, file, 0, blocks);
      expect(range).toEqual({ start: at, end: at + blocks * HASH_BYTES });
      at = range.end;
    }
    expect(hashesBytes(shape)).toBe(at);
    expect(hashesRange(shape, "bywork", 1, 2)).toEqual({ start: 176, end: 192 });
  });

  it("has no hashes of rows where there is no such file", () => {
    const without = { ...shape, hasRows: false };
    expect(hashesBytes(without)).toBe(13 * HASH_BYTES);
    expect(() => hashesRange(without, "rows", 0, 1)).toThrow(AppError);
  });

  it.each([
    [-1, 1],
    [2, 1],
    [0, 6],
    [Number.NaN, 1],
  ])("refuses blocks from %d to %d", (first, end) => {
    expect(() => hashesRange(shape, "sign", first, end)).toThrow(AppError);
  });

  it("compares a kept hash with the one of a block", () => {
    const digest = createHash("sha256").update("").digest();
    const file = Buffer.concat([Buffer.alloc(HASH_BYTES, 1), digest.subarray(0, HASH_BYTES)]);
    expect(keptHash(file, 1)).toBe(truncateHash(digest.toString("hex")));
    expect(keptHash(file, 0)).toBe("01".repeat(HASH_BYTES));
  });
});

describe("the works of rows", () => {
  it("follow from how many sentences each work has, empty ones passed over", () => {
    const firstRows = firstRowsOfWorks([3, 0, 1, 0, 2].map((sentences) => ({ sentences })));
    expect([...firstRows]).toEqual([0, 3, 3, 4, 4, 6]);
    const rows = Uint32Array.from([0, 1, 2, 3, 4, 5]);
    expect([...worksOfRows(firstRows, rows)]).toEqual([0, 0, 0, 2, 4, 4]);
  });
});
