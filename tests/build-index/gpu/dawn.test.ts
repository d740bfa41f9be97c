import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Arithmetic } from "../../../scripts/build-index/arithmetic.ts";
import { createRows } from "../../../scripts/build-index/create-rows.ts";
import { openDawn } from "../../../scripts/build-index/gpu/open-dawn.ts";
import { openGpuArithmetic } from "../../../scripts/build-index/gpu/open-gpu.ts";
import { readShader } from "../../../scripts/build-index/gpu/read-shader.ts";
import { openProcessor } from "../../../scripts/build-index/processor/open-processor.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { neverAborted } from "../../helpers/counting-source.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

/** The same shaders run in the browser's tests; this is about Dawn, which is installed beside the project by who has a GPU. */
const opened = await openDawn();
const signal = neverAborted();
const random = createSeededRandom(12);

if (!("device" in opened)) {
  describe("the builder's arithmetic through Dawn", () => {
    it.skip(`is not tested: ${opened.why}`, () => undefined);
  });
} else {
  describe(`the builder's arithmetic through Dawn on ${opened.name}`, () => {
    const processor = openProcessor(0);
    let gpu: Arithmetic;
    beforeAll(async () => {
      const [products, encode] = await Promise.all([readShader("products"), readShader("encode")]);
      gpu = openGpuArithmetic({
        open: () => Promise.resolve(opened.device),
        shaders: { products, encode },
        processor,
        log: (line) => expect.unreachable(line),
      });
    });
    afterAll(async () => {
      await gpu.close();
    });

    it("codes rows as the processor does, but for one code in a thousand", async () => {
      const [count, dim, clusters] = [2000, 512, 64];
      const draw = (rows: number) => {
        const drawn = createRows(rows, dim);
        for (let row = 0; row < rows; row++) drawn.values.set(drawVector(dim, random), row * dim);
        return drawn;
      };
      const rows = draw(count);
      const weights = draw(clusters).values;
      const partition = { dim, weights, biases: new Float32Array(clusters), cells: null };
      const assigned = await processor.assign(rows, partition, signal);
      const classes = await gpu.assign(rows, partition, signal);
      const moved = classes.filter((choice, row) => choice !== assigned[row]).length;
      expect(moved).toBeLessThanOrEqual(count / 1000);
      const codebook = {
        dim,
        centroids: weights.map((value) => value / 4),
        hub: drawVector(dim, random),
        metric: null,
        rotationSeed: 3,
        transform: null,
      };
      const expected = await processor.encode(rows, assigned, codebook, signal);
      const coded = await gpu.encode(rows, assigned, codebook, signal);
      const different = coded.planes.reduce(
        (sum, byte, at) => sum + bitsOf(byte ^ (expected.planes[at] ?? 0)),
        0,
      );
      expect(different / (count * dim)).toBeLessThanOrEqual(0.001);
      expect(coded.h.filter((bits, row) => bits !== expected.h[row]).length).toBeLessThan(20);
    });
  });
}

function bitsOf(byte: number): number {
  let bits = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) bits++;
  return bits;
}
