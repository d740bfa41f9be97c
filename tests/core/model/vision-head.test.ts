import { beforeAll, describe, expect, it } from "vitest";
import type { NamedTensors } from "../../../src/core/model/session.ts";
import { planVisionHead } from "../../../src/core/model/vision-head.ts";
import { openPlan } from "../../helpers/plan-session.ts";
import { randomClip, randomFloats, randomNumbers } from "../../helpers/random-clip.ts";
import { add, cosine, dot, readLastLayer } from "./last-layer.ts";

const { signal } = new AbortController();
const model = randomClip(7);
const { width, grid } = model.config.vision;
const patches = grid * grid;
/** Two pictures in one batch, so that nothing leaks from one into the other unseen. */
const BATCH = 2;
const hidden = randomFloats(BATCH * (patches + 1) * width, 1, randomNumbers(11));
const oracle = await readLastLayer(model, signal);
/** Shows the rows as they are before any projection. */
const identity = {
  data: Float32Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0)),
  dims: [width, width],
};
/** Step of the central differences: cube root of float64's precision, near the best for second order. */
const STEP = 1e-5;

function rowsOf(picture: number): Float64Array[] {
  return Array.from({ length: patches + 1 }, (_, token) => {
    const start = (picture * (patches + 1) + token) * width;
    return Float64Array.from(hidden.subarray(start, start + width));
  });
}

describe("the head graph", () => {
  let outputs: NamedTensors = {};
  const row = (name: string, picture: number, patch: number): Float64Array => {
    const start = (picture * patches + patch) * width;
    return Float64Array.from(outputs[name]?.data.subarray(start, start + width) ?? []);
  };

  beforeAll(async () => {
    const session = await openPlan(planVisionHead(model.config, "f32"), model);
    outputs = await session.run({
      hidden: { data: hidden, dims: [BATCH, patches + 1, width] },
      projection: identity,
    });
  });

  it.each([0, 1])("pools picture %i as plain loops do", (picture) => {
    const rows = rowsOf(picture);
    const residual = rows[0] ?? new Float64Array();
    const expected = oracle.pooled(residual, oracle.attended(rows));
    const { pooled } = outputs;
    for (const [i, value] of expected.entries()) {
      expect(pooled?.data[picture * width + i]).toBeCloseTo(value, 4);
    }
  });

  it.each([0, 1])(
    "gives J·v of picture %i that finite differences of the cosine confirm",
    (picture) => {
      const rows = rowsOf(picture);
      const residual = rows[0] ?? new Float64Array();
      const attended = oracle.attended(rows);
      const next = randomNumbers(31 + picture);
      const text = Float64Array.from({ length: model.config.dim }, next);
      const score = (o: Float64Array): number =>
        cosine(oracle.embedding(oracle.pooled(residual, o)), text);
      const embedding = oracle.embedding(oracle.pooled(residual, attended));
      const length = Math.sqrt(dot(embedding, embedding));
      const textLength = Math.sqrt(dot(text, text));
      // u = ∂cos(z, t)/∂z
      const u = text.map(
        (t, i) => (t / textLength - (score(attended) * (embedding[i] ?? 0)) / length) / length,
      );
      const slopes = rows.slice(1).map((token, patch) => {
        const { v } = oracle.projections(token);
        const ahead = score(add(attended, v, STEP));
        const behind = score(add(attended, v, -STEP));
        const analytic = dot(u, oracle.embedding(row("gradients", picture, patch)));
        return { numeric: (ahead - behind) / (2 * STEP), analytic };
      });
      const greatest = Math.max(...slopes.map(({ numeric }) => Math.abs(numeric)));
      for (const { numeric, analytic } of slopes) {
        expect(Math.abs(numeric - analytic) / greatest).toBeLessThan(1e-5);
      }
    },
  );

  it.each([0, 1])("gives cos(q_cls, k_i) and the value path of picture %i", (picture) => {
    const rows = rowsOf(picture);
    const { q } = oracle.projections(rows[0] ?? new Float64Array());
    const { lambda } = outputs;
    for (const [patch, token] of rows.slice(1).entries()) {
      const { k, v } = oracle.projections(token);
      expect(lambda?.data[picture * patches + patch]).toBeCloseTo(cosine(q, k), 5);
      const own = row("value_path", picture, patch);
      expect(1 - cosine(own, oracle.valuePath(v))).toBeLessThan(1e-9);
      expect(own[0]).toBeCloseTo(oracle.valuePath(v)[0] ?? Number.NaN, 4);
    }
  });

  it.each([0, 1])(
    "gives the class token's attention in picture %i, mean over the heads",
    (picture) => {
      const heads = oracle.attention(rowsOf(picture));
      const { attention } = outputs;
      for (let patch = 0; patch < patches; patch++) {
        const mean =
          heads.reduce((sum, weights) => sum + (weights[patch + 1] ?? 0), 0) / heads.length;
        expect(attention?.data[picture * patches + patch]).toBeCloseTo(mean, 6);
      }
    },
  );

  it("keeps the numbers when its weights are kept as halves", async () => {
    const session = await openPlan(planVisionHead(model.config, "f16"), model);
    const halves = await session.run({
      hidden: { data: hidden, dims: [BATCH, patches + 1, width] },
      projection: identity,
    });
    for (const name of ["pooled", "gradients", "lambda", "value_path"]) {
      const exact = outputs[name]?.data ?? new Float32Array();
      const greatest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const [i, value] of exact.entries()) {
        const difference = Math.abs((halves[name]?.data[i] ?? Number.NaN) - value);
        expect(difference / greatest).toBeLessThan(5e-3);
      }
    }
  });
});
