import { describe, expect, it } from "vitest";
import { createCodeSpace, multiplySymmetric } from "../../../src/core/codes/code-space.ts";
import { decodeRow } from "../../../src/core/codes/decode-row.ts";
import { createRowEncoder } from "../../../src/core/codes/encode-row.ts";
import { packMagnitudes, packSigns } from "../../../src/core/codes/planes.ts";
import { createRotation } from "../../../src/core/codes/rotation.ts";
import { unpackNibbles } from "../../../src/core/codes/unpack.ts";
import { fromHalf } from "../../../src/core/model/half.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";
import { createSeededRandom } from "../../../src/core/search/seeded-random.ts";
import { randomSpace } from "../../helpers/code-space.ts";
import { drawVector } from "../../helpers/tiny-corpus.ts";

describe.each([4, 32, 60, 96])("the code space of vectors of %i numbers", (dim) => {
  const { facts, metric } = randomSpace(dim, dim);
  const random = createSeededRandom(99);
  const dot = (a: Float32Array, b: Float32Array) => dotFloats(a, 0, b, 0, a.length);

  it.each([
    ["with a metric and a hub", facts, metric],
    ["without", { ...facts, metricInverse: null, hub: null }, null],
  ] as const)("gives <q, t> exactly before anything is quantised, %s", (_, own, ownMetric) => {
    const space = createCodeSpace(own);
    const rotation = createRotation(space.codeDim, own.rotationSeed);
    for (let round = 0; round < 20; round++) {
      const [q, t, c] = [1, 2, 3].map(() => drawVector(dim, random));
      if (q === undefined || t === undefined || c === undefined) throw new Error("no vectors");
      const h = own.hub === null ? 0 : random() - 0.5;
      const residual = t.map((value, i) => value - (c[i] ?? 0) - h * (own.hub?.[i] ?? 0));
      const y = new Float32Array(space.codeDim);
      multiplySymmetric(ownMetric, residual, dim, y);
      rotation.apply(y);
      const hub = own.hub === null ? 0 : dot(q, own.hub);
      expect(dot(q, c) + h * hub + dot(space.ofQuery(q), y)).toBeCloseTo(dot(q, t), 4);
      space.toResidual(y).forEach((value, i) => {
        expect(value).toBeCloseTo(residual[i] ?? 0, 4);
      });
    }
  });

  it("decodes a row to a vector near the one that was coded", () => {
    const space = createCodeSpace(facts);
    const encode = createRowEncoder(space, facts.rotationSeed, metric);
    for (let round = 0; round < 20; round++) {
      const [t, c] = [drawVector(dim, random), drawVector(dim, random)];
      const row = encode(t, c);
      const signBlocks = new Uint8Array(space.codeDim / 8);
      const magnitudes = new Uint8Array((3 * space.codeDim) / 8);
      packSigns(row.codes, signBlocks, 0);
      packMagnitudes(row.codes, magnitudes, 0);
      const planes = { layout: "cluster", signBlocks, magnitudes } as const;
      const nibbles = unpackNibbles(planes, 1, space.codeDim);
      const coded = { nibbles, f4: fromHalf(row.f4), h: fromHalf(row.h) };
      const back = decodeRow(space, coded, c);
      const distance = Math.hypot(...back.map((value, i) => value - (t[i] ?? 0)));
      const residual = Math.hypot(...c.map((value, i) => value - (t[i] ?? 0)));
      // A 4-bit code leaves about a tenth of a residual, a metric of condition 4 at most four times that.
      expect(distance).toBeLessThan(0.4 * residual);
    }
  });

  it("codes a vector that is its own centroid as nothing", () => {
    const encode = createRowEncoder(createCodeSpace(facts), facts.rotationSeed, metric);
    const centroid = drawVector(dim, random);
    const row = encode(centroid, centroid);
    expect([row.h, row.f4, row.f1]).toEqual([0, 0, 0]);
    expect([...row.codes].every((code) => code === 8)).toBe(true);
  });
});
