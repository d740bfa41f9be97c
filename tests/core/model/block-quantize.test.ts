import { describe, expect, it } from "vitest";
import { openNodeSession } from "../../../scripts/build-model/node-sessions.ts";
import { quantizeBlocks } from "../../../src/core/model/block-quantize.ts";
import { fromHalves } from "../../../src/core/model/half.ts";
import { OnnxGraph } from "../../../src/core/model/onnx-graph.ts";
import { randomFloats, randomNumbers } from "../../helpers/random-clip.ts";

describe("8-bit blocks", () => {
  it("lie within half a step of the weights, in every block of 32", () => {
    const [outputs, inputs] = [5, 96];
    const weights = randomFloats(outputs * inputs, 1, randomNumbers(3));
    weights.fill(0, 32, 64);
    const { codes, blocks, ...stored } = quantizeBlocks(weights, outputs, inputs);
    const scales = fromHalves(stored.scales);
    expect(blocks).toBe(3);
    for (const [i, value] of weights.entries()) {
      const scale = scales[Math.floor(i / 32)] ?? Number.NaN;
      const back = ((codes[i] ?? 0) - 128) * scale;
      expect(Math.abs(back - value)).toBeLessThanOrEqual(scale * 0.5001);
    }
    expect(codes.slice(32, 64).every((code) => code === 128)).toBe(true);
  });

  it("keep the greatest magnitude of a block to the precision of its scale, whatever its sign", () => {
    const weights = new Float32Array(64);
    weights.set([-0.75], 3);
    weights.set([0.5], 40);
    const { codes, ...stored } = quantizeBlocks(weights, 1, 64);
    const scales = fromHalves(stored.scales);
    // Scales are rounded up to the next half: 11 significant bits.
    expect(((codes[3] ?? 0) - 128) * (scales[0] ?? 0)).toBeCloseTo(-0.75, 3);
    expect(((codes[40] ?? 0) - 128) * (scales[1] ?? 0)).toBeCloseTo(0.5, 3);
  });

  it.each([64, 40])(
    "are read by the runtime as they were written, with %i inputs",
    async (inputs) => {
      const outputs = 6;
      const next = randomNumbers(inputs);
      const weights = randomFloats(outputs * inputs, 1, next);
      const x = randomFloats(inputs, 1, next);
      const { codes, blocks, ...stored } = quantizeBlocks(weights, outputs, inputs);
      const scales = fromHalves(stored.scales);
      const graph = new OnnxGraph("q8");
      const product = graph.node(
        "MatMulNBits",
        [
          graph.input("x", [1, inputs]),
          graph.initializer("codes", "uint8", [outputs, blocks, 32], codes),
          graph.initializer("scales", "float32", [outputs * blocks], scales),
        ],
        { K: inputs, N: outputs, bits: 8, block_size: 32 },
        "com.microsoft",
      );
      graph.output("y", product, [1, outputs]);
      const session = await openNodeSession(graph.toBytes(), "q8");
      const { y } = await session.run({ x: { data: x, dims: [1, inputs] } });
      for (let output = 0; output < outputs; output++) {
        let expected = 0;
        for (let i = 0; i < inputs; i++) {
          const cell = output * blocks + Math.floor(i / 32);
          const code = codes[cell * 32 + (i % 32)] ?? 0;
          expected += (x[i] ?? 0) * (code - 128) * (scales[cell] ?? 0);
        }
        expect(y?.data[output]).toBeCloseTo(expected, 4);
      }
    },
  );
});
