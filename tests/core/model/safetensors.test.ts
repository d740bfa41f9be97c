import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { toHalves } from "../../../src/core/model/half.ts";
import {
  formatSafetensors,
  openSafetensors,
  parseSafetensors,
  readTensor,
} from "../../../src/core/model/safetensors.ts";
import { memorySource } from "../../helpers/memory-source.ts";

/** A file with any header and `dataBytes` bytes of data. */
function fileOf(header: unknown, dataBytes: number): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true);
  file.set(json, 8);
  return file;
}

const { signal } = new AbortController();

/** What both readers say of a file, or "accepted". */
async function verdict(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const whyOf = (error: unknown) =>
    isAppError(error, "weights-invalid") ? error.detail.why : `not typed: ${String(error)}`;
  const streamed = await openSafetensors(memorySource(file), "x.safetensors", signal).then(
    () => "accepted",
    whyOf,
  );
  let whole = "accepted";
  try {
    parseSafetensors(file, "x.safetensors");
  } catch (error) {
    whole = whyOf(error);
  }
  return streamed === whole ? whole : `${whole}, but streamed ${streamed}`;
}

const f32 = (start: number, end: number, shape: readonly number[]) => ({
  dtype: "F32",
  shape,
  data_offsets: [start, end],
});

describe("safetensors", () => {
  const written = formatSafetensors([
    { name: "a", shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) },
    { name: "b", shape: [3], data: toHalves(Float32Array.of(0.5, -1, 2)) },
    { name: "scalar", shape: [], data: Float32Array.of(7) },
  ]);

  it("gives back what was written, with the data at a multiple of 8", () => {
    const tensors = parseSafetensors(written, "x");
    expect([...tensors.keys()]).toEqual(["a", "b", "scalar"]);
    const [a, b, scalar] = tensors.values();
    expect(a?.shape).toEqual([2, 2]);
    expect(a === undefined ? [] : [...readTensor(a)]).toEqual([1, -2, 3.5, 4]);
    expect(b === undefined ? [] : [...readTensor(b)]).toEqual([0.5, -1, 2]);
    expect(scalar === undefined ? [] : [...readTensor(scalar)]).toEqual([7]);
    expect(Number(new DataView(written.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it("reads one tensor by its own range when it is streamed, and names one that is missing", async () => {
    const source = memorySource(written);
    const store = await openSafetensors(source, "x.safetensors", signal);
    expect([...store.shapes]).toEqual([
      ["a", [2, 2]],
      ["b", [3]],
      ["scalar", []],
    ]);
    const before = source.reads.length;
    expect([...(await store.read("b", signal))]).toEqual([0.5, -1, 2]);
    expect(source.reads.slice(before).map(({ start, end }) => end - start)).toEqual([6]);
    await expect(store.read("c", signal)).rejects.toThrow("c is missing");
  });

  it("lets an index buffer be, but does not take it for weights", async () => {
    const file = fileOf({ ids: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, 8);
    expect(await verdict(file)).toBe("accepted");
    const store = await openSafetensors(memorySource(file), "x.safetensors", signal);
    await expect(store.read("ids", signal)).rejects.toThrow("dtype I64 in place of F32");
  });

  it("reads BF16 as the upper half of a float32, from an odd offset too", () => {
    const file = fileOf({ x: { dtype: "BF16", shape: [2], data_offsets: [0, 4] } }, 4);
    file.set([0xc0, 0x3f, 0x00, 0xc0], file.length - 4);
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);
    const tensor = parseSafetensors(shifted.subarray(1), "x").get("x");
    expect(tensor === undefined ? [] : [...readTensor(tensor)]).toEqual([1.5, -2]);
  });

  it("skips metadata and accepts an empty tensor", () => {
    const file = fileOf({ __metadata__: { format: "pt" }, none: f32(0, 0, [0, 4]) }, 0);
    expect([...parseSafetensors(file, "x").keys()]).toEqual(["none"]);
  });

  it("refuses a file that was cut off anywhere", async () => {
    for (const length of [0, 7, 8, 40, written.length - 1]) {
      expect(await verdict(written.slice(0, length))).not.toBe("accepted");
    }
    expect(await verdict(written)).toBe("accepted");
  });

  it("refuses a header length beyond the file, however large", async () => {
    const file = fileOf({}, 0);
    for (const length of [3n, 2n ** 53n, 2n ** 64n - 1n]) {
      new DataView(file.buffer).setBigUint64(0, length, true);
      expect(await verdict(file)).toMatch(/does not fit/);
    }
  });

  it("refuses a header that is not an object in UTF-8 JSON", async () => {
    expect(await verdict(fileOf("{", 0))).toMatch(/not JSON/);
    expect(await verdict(fileOf("[]", 0))).toMatch(/not an object/);
    const broken = fileOf({ ab: 1 }, 0);
    broken[11] = 0xff;
    expect(await verdict(broken)).toMatch(/UTF-8/);
  });

  it.each([
    ["overlap", { a: f32(0, 8, [2]), b: f32(4, 12, [2]) }, 12, /overlaps/],
    ["a hole", { a: f32(0, 4, [1]), b: f32(8, 12, [1]) }, 12, /belong to nothing/],
    ["bytes at the end", { a: f32(0, 4, [1]) }, 8, /belong to nothing/],
    ["an end beyond the file", { a: f32(0, 8, [2]) }, 4, /outside/],
    ["a start after the end", { a: f32(8, 4, [1]) }, 8, /outside/],
    ["a size that differs from the shape", { a: f32(0, 8, [3]) }, 8, /shape/],
    ["sides whose product overflows", { a: f32(0, 8, [2 ** 40, 2 ** 40]) }, 8, /shape/],
    ["a negative side", { a: f32(0, 8, [-2, -1]) }, 8, /shape/],
    ["a fractional offset", { a: f32(0.5, 8, [2]) }, 8, /data_offsets/],
    ["a missing offset", { a: { dtype: "F32", shape: [2] } }, 8, /data_offsets/],
    ["an unknown type", { a: { dtype: "F8", shape: [1], data_offsets: [0, 8] } }, 8, /dtype F8/],
    [
      "a type named like a method",
      { a: { dtype: "toString", shape: [], data_offsets: [0, 0] } },
      0,
      /dtype/,
    ],
    ["an entry that is no object", { a: 5 }, 0, /dtype/],
  ])("refuses %s", async (_, header, dataBytes, why) => {
    expect(await verdict(fileOf(header, dataBytes))).toMatch(why);
  });

  it("refuses a name that stands twice in the header", async () => {
    const entry = (start: number) => JSON.stringify(f32(start, start + 4, [1]));
    expect(await verdict(fileOf(`{"a":${entry(0)},"a":${entry(4)}}`, 8))).toMatch(
      /belong to nothing/,
    );
  });

  it("with flipped bits is read or refused, by both readers alike and without a large read", async () => {
    let state = 7;
    const next = (limit: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % limit;
    };
    const seen = new Set<string>();
    for (let round = 0; round < 1000; round++) {
      const damaged = written.slice();
      for (let flip = 0; flip <= round % 4; flip++) {
        const at = next(damaged.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << next(8));
      }
      const said = await verdict(damaged);
      expect(said).not.toMatch(/not typed|but streamed/);
      seen.add(said.replaceAll(/[^a-z ]/g, ""));
    }
    expect(seen.size).toBeGreaterThan(10);
  });

  it("refuses to write a tensor whose shape and data differ, or one name twice", () => {
    const a = { name: "a", shape: [2], data: Float32Array.of(1) };
    const b = { name: "b", shape: [1], data: Float32Array.of(1) };
    expect(() => formatSafetensors([a])).toThrow("invalid-argument");
    expect(() => formatSafetensors([b, b])).toThrow("invalid-argument");
  });
});
