import { describe, expect, it } from "vitest";
import { openNodeKernel } from "../../../scripts/build-model/node-kernel.ts";
import { isAppError } from "../../../src/core/errors.ts";
import { planTextTower } from "../../../src/core/model/text-tower.ts";
import { createKernelText } from "../../../src/core/tower/kernel-text.ts";
import { openPlan, planData } from "../../helpers/plan-session.ts";
import { randomClip, randomFloats, randomNumbers } from "../../helpers/random-clip.ts";

/** Largest difference allowed, relative to the largest value: 15-bit rows against float32. */
const TOLERANCE = 2e-3;

const model = randomClip(4);
const { width } = model.config.text;
const plan = planTextTower(model.config, "q8");

async function openText() {
  const files = { graph: plan.graph, weights: { bytes: await planData(plan, model) } };
  return createKernelText(await openNodeKernel(), files, model.config.text);
}

function feeds(batch: number, tokens: number) {
  const data = randomFloats(batch * tokens * width, 1, randomNumbers(batch * tokens));
  return { inputs_embeds: { data, dims: [batch, tokens, width] } };
}

describe("the text tower on the kernel", () => {
  it.each([
    { batch: 1, tokens: 1 },
    { batch: 1, tokens: 12 },
    { batch: 5, tokens: 7 },
  ])("gives what ONNX Runtime gives for $batch texts of $tokens tokens", async (of) => {
    const runtime = await openPlan(plan, model);
    const kernel = await openText();
    const { hidden: expected } = await runtime.run(feeds(of.batch, of.tokens));
    const { hidden: found } = await kernel.run(feeds(of.batch, of.tokens));
    expect(found?.dims).toEqual(expected?.dims);
    const greatest = expected?.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [index, value] of (expected?.data ?? []).entries()) {
      const error = Math.abs(value - (found?.data[index] ?? Number.NaN)) / (greatest ?? 0);
      expect(error).toBeLessThan(TOLERANCE);
    }
  });

  it("lets no token see those after it", async () => {
    const kernel = await openText();
    const whole = await kernel.run(feeds(1, 6));
    const { inputs_embeds } = feeds(1, 6);
    const start = { data: inputs_embeds.data.slice(0, 4 * width), dims: [1, 4, width] };
    const beginning = await kernel.run({ inputs_embeds: start });
    const rows = beginning["hidden"]?.data ?? new Float32Array();
    expect(rows).toHaveLength(4 * width);
    expect(rows).toEqual(whole["hidden"]?.data.slice(0, 4 * width));
  });

  it("refuses an input of another size", async () => {
    const kernel = await openText();
    const run = kernel.run({ inputs_embeds: { data: new Float32Array(5), dims: [1, 1, width] } });
    await expect(run).rejects.toSatisfy((error) => isAppError(error, "invalid-argument"));
  });
});
