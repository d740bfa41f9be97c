import { describe, expect, it } from "vitest";
import { isAppError } from "../../../../src/core/errors.ts";
import { ProtobufMessage } from "../../../../src/core/model/protobuf.ts";
import { openOnnx } from "../../../../src/core/model/sources/onnx-file.ts";
import { memorySource } from "../../../helpers/memory-source.ts";

const { signal } = new AbortController();
const message = () => new ProtobufMessage();
/** A model with one graph; field 7 of ModelProto. */
const modelOf = (graph: ProtobufMessage) => message().integer(1, 8).message(7, graph);
/** A float tensor of a graph; fields 1 dims, 2 type, 8 name, 9 raw_data. */
const tensorOf = (dims: readonly (number | bigint)[], bytes: number, name = "w") => {
  const tensor = message();
  for (const dim of dims) tensor.integer(1, dim);
  return tensor.integer(2, 1).text(8, name).bytes(9, new Uint8Array(bytes));
};
const graphOf = (...tensors: readonly ProtobufMessage[]) => {
  const graph = message();
  for (const tensor of tensors) graph.message(5, tensor);
  return modelOf(graph).toBytes();
};

async function whyRefused(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const error: unknown = await openOnnx(memorySource(file), "x.onnx", signal).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error === null) return "accepted";
  return isAppError(error, "weights-invalid") ? error.detail.why : `not typed: ${String(error)}`;
}

describe("the reader of ONNX files", () => {
  it("reads where a tensor lies, and its values when they are asked for", async () => {
    const data = new Uint8Array(Float32Array.from({ length: 100 }, (_, i) => i / 3).buffer);
    const tensor = message().integer(1, 25).integer(1, 4).integer(2, 1).text(8, "w").bytes(9, data);
    const source = memorySource(graphOf(tensor));
    const { initializers, read } = await openOnnx(source, "x.onnx", signal);
    const found = initializers.get("w");
    if (found === undefined) throw new Error("no tensor");
    expect(found.shape).toEqual([25, 4]);
    expect((await read(found, signal))[50]).toBeCloseTo(50 / 3, 5);
    expect(source.reads.at(-1)).toEqual(found.place);
  });

  it("stops at once where the signal says so", async () => {
    const stopped = AbortSignal.abort();
    await expect(openOnnx(memorySource(graphOf()), "x", stopped)).rejects.toThrow();
  });

  it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    ["sides whose product overflows", graphOf(tensorOf([2 ** 40, 2 ** 40], 8)), /w: shape/],
    ["a negative side", graphOf(tensorOf([-2, -1], 8)), /w: shape/],
    ["a side beyond all numbers", graphOf(tensorOf([2n ** 63n - 1n], 8)), /w: shape/],
    ["a size that differs from the shape", graphOf(tensorOf([3], 8)), /w: 8 bytes for \[3\]/],
    ["too many sides", graphOf(tensorOf([1, 1, 1, 1, 1, 1, 1, 1, 1], 4)), /too many dimensions/],
    ["two tensors of one name", graphOf(tensorOf([1], 4), tensorOf([1], 4)), /w appears twice/],
    ["a name without end", graphOf(tensorOf([1], 4, "w".repeat(5000))), /a name without end/],
    ["two graphs", modelOf(message()).message(7, message()).toBytes(), /two graphs/],
    ["sparse weights", modelOf(message().message(15, message())).toBytes(), /sparse weights/],
    [
      "a tensor in segments",
      graphOf(message().text(8, "w").bytes(3, new Uint8Array())),
      /in segments/,
    ],
    [
      "elements in several pieces",
      graphOf(tensorOf([2], 4).bytes(9, new Uint8Array(4))),
      /several pieces/,
    ],
    [
      "elements one by one",
      graphOf(message().integer(1, 1).integer(2, 1).float(4, 1)),
      /one by one/,
    ],
    ["a length beyond the file", new Uint8Array([0x3a, 0x7f]), /ends beyond its message/],
    ["a number that never ends", new Uint8Array(20).fill(0xff), /a broken number/],
    ["a wire type that is none", new Uint8Array([0x3b]), /an unknown wire type/],
    ["field zero", new Uint8Array([0x02, 0x00]), /no field/],
  ])("refuses %s", async (_, file, why) => {
    expect(await whyRefused(file)).toMatch(why);
  });

  it("gives up on a file of nothing but empty nodes before they fill the memory", async () => {
    const graph = new Uint8Array(2_000_000);
    for (let at = 0; at < graph.length; at += 2) graph[at] = 0x0a;
    const file = message().integer(1, 8).bytes(7, graph).toBytes();
    expect(await whyRefused(file)).toMatch(/more fields than any model has/);
  });
});
