import { describe, expect, it } from "vitest";
import { openNodeSession } from "../../../scripts/build-model/node-sessions.ts";
import { toHalves } from "../../../src/core/model/half.ts";
import { dataTypeNumber, OnnxGraph } from "../../../src/core/model/onnx-graph.ts";
import { ProtobufMessage } from "../../../src/core/model/protobuf.ts";

describe("the protocol buffers writer", () => {
  it("writes the examples of the encoding's documentation", () => {
    expect([...new ProtobufMessage().integer(1, 150).toBytes()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtobufMessage().text(2, "testing").toBytes()]).toEqual([
      0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
    ]);
    const inner = new ProtobufMessage().integer(1, 150);
    expect([...new ProtobufMessage().message(3, inner).toBytes()]).toEqual([
      0x1a, 0x03, 0x08, 0x96, 0x01,
    ]);
  });

  it("writes negative integers in ten bytes, floats in four, and fields beyond 15 with a long key", () => {
    expect([...new ProtobufMessage().integer(1, -1).toBytes()]).toEqual([
      0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
    ]);
    expect([...new ProtobufMessage().float(2, 1).toBytes()]).toEqual([0x15, 0, 0, 0x80, 0x3f]);
    expect([...new ProtobufMessage().integer(20, 0).toBytes()]).toEqual([0xa0, 0x01, 0x00]);
    expect([...new ProtobufMessage().integer(1, 2n ** 63n - 1n).toBytes()].length).toBe(10);
  });
});

/** y = Cast(w) · x + 1 with w in halves, and x split into two parts of which the second is y's companion. */
function smallGraph(): OnnxGraph {
  const graph = new OnnxGraph("small");
  const x = graph.input("x", ["batch", 2]);
  const halves = graph.initializer(
    "w",
    "float16",
    [2, 3],
    toHalves(Float32Array.of(1, 2, 3, 4, 5, 6)),
  );
  const w = graph.node("Cast", [halves], { to: dataTypeNumber("float32") });
  const y = graph.node("Add", [graph.node("MatMul", [x, w]), graph.scalar(1)]);
  graph.output("y", y, ["batch", 3]);
  graph.output("last", graph.split(x, [1, 1])[1] ?? "", ["batch", 1]);
  return graph;
}

describe("the ONNX writer", () => {
  it("writes a model that the runtime loads and that computes what was written", async () => {
    const session = await openNodeSession(smallGraph().toBytes(), "small");
    const { y, last } = await session.run({
      x: { data: Float32Array.of(1, 0, 2, -1), dims: [2, 2] },
    });
    expect([...(y?.data ?? [])]).toEqual([2, 3, 4, -1, 0, 1]);
    expect(y?.dims).toEqual([2, 3]);
    expect([...(last?.data ?? [])]).toEqual([0, -1]);
  });

  it("writes equal bytes for equal calls", () => {
    expect(smallGraph().toBytes()).toEqual(smallGraph().toBytes());
  });

  it("shares constants of one name and refuses what cannot load", () => {
    const graph = new OnnxGraph("g");
    expect(graph.integers([1, 2])).toBe(graph.integers([1, 2]));
    expect(() => graph.node("Relu", ["nowhere"])).toThrow("invalid-argument");
    expect(() => graph.initializer("w", "float32", [2], Float32Array.of(1))).toThrow(
      "invalid-argument",
    );
  });

  it("reports a file that is no graph as a failed session", async () => {
    await expect(openNodeSession(Uint8Array.of(1, 2, 3), "broken")).rejects.toThrow(
      "session-failed",
    );
  });
});
