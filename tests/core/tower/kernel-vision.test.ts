import { beforeAll, describe, expect, it } from "vitest";
import { openNodeKernel } from "../../../scripts/build-model/node-kernel.ts";
import { isAppError } from "../../../src/core/errors.ts";
import type { CanonicalModel } from "../../../src/core/model/canonical.ts";
import type { NamedTensors, Session } from "../../../src/core/model/session.ts";
import { planVisionHead } from "../../../src/core/model/vision-head.ts";
import { planVisionTrunk } from "../../../src/core/model/vision-trunk.ts";
import { createKernelVision } from "../../../src/core/tower/kernel-vision.ts";
import { openPlan, planData } from "../../helpers/plan-session.ts";
import { randomClip, randomFloats, randomNumbers } from "../../helpers/random-clip.ts";

/** Largest difference allowed, relative to the largest value of the same output: 15-bit rows against float32. */
const TOLERANCE = 2e-3;

const model: CanonicalModel = randomClip(3);
const { width, patchSize, grid } = model.config.vision;
const inputs = 3 * patchSize ** 2;
const plans = {
  trunk: planVisionTrunk(model.config, "q8"),
  head: planVisionHead(model.config, "f16"),
};

/** Feeds of `batch` random pictures of `count` patches. */
function feeds(batch: number, count: number): NamedTensors {
  const next = randomNumbers(batch * 100 + count);
  return {
    patches: {
      data: randomFloats(batch * count * inputs, 1.5, next),
      dims: [batch, count, inputs],
    },
    position_embedding: {
      data: randomFloats((count + 1) * width, 0.3, next),
      dims: [1, count + 1, width],
    },
  };
}

function projection(columns: number): NamedTensors[string] {
  return {
    data: randomFloats(width * columns, 0.3, randomNumbers(columns)),
    dims: [width, columns],
  };
}

function difference(found: Float32Array, expected: Float32Array): number {
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const most = expected.reduce(
    (sofar, value, index) => Math.max(sofar, Math.abs(value - (found[index] ?? Number.NaN))),
    0,
  );
  return most / greatest;
}

async function openKernelSessions() {
  const graphs = {
    trunk: { graph: plans.trunk.graph, weights: { bytes: await planData(plans.trunk, model) } },
    head: { graph: plans.head.graph, weights: { bytes: await planData(plans.head, model) } },
  };
  const kernel = await openNodeKernel();
  return createKernelVision(kernel, graphs, { ...model.config.vision, dim: model.config.dim });
}

describe("the vision tower on the kernel", () => {
  let kernel: { readonly trunk: Session; readonly head: Session };
  let runtime: { readonly trunk: Session; readonly head: Session };

  beforeAll(async () => {
    kernel = await openKernelSessions();
    runtime = {
      trunk: await openPlan(plans.trunk, model),
      head: await openPlan(plans.head, model),
    };
  });

  it.each([
    { batch: 1, count: grid * grid },
    { batch: 2, count: 9 },
    { batch: 1, count: 64 },
  ])("gives what ONNX Runtime gives for $batch pictures of $count patches", async (of) => {
    const expected = await runtime.trunk.run(feeds(of.batch, of.count));
    const found = await kernel.trunk.run(feeds(of.batch, of.count));
    expect(found["hidden"]?.dims).toEqual(expected["hidden"]?.dims);
    const { data } = expected["hidden"] ?? { data: new Float32Array() };
    expect(difference(found["hidden"]?.data ?? new Float32Array(), data)).toBeLessThan(TOLERANCE);

    const hidden = expected["hidden"] ?? { data: new Float32Array(), dims: [] };
    for (const columns of [24, 48]) {
      const given = { hidden, projection: projection(columns) };
      const outputs = await runtime.head.run(given);
      const own = await kernel.head.run(given);
      expect(Object.keys(own).sort()).toEqual(Object.keys(outputs).sort());
      for (const [name, output] of Object.entries(outputs)) {
        expect(own[name]?.dims.join(), name).toBe(output.dims.join());
        const error = difference(own[name]?.data ?? new Float32Array(), output.data);
        expect(error, name).toBeLessThan(TOLERANCE);
      }
    }
  });

  it("gives the same numbers at every run", async () => {
    const first = await kernel.trunk.run(feeds(1, 16));
    await kernel.trunk.run(feeds(1, 64));
    const again = await kernel.trunk.run(feeds(1, 16));
    expect(again["hidden"]?.data).toEqual(first["hidden"]?.data);
  });

  it("refuses inputs of another size", async () => {
    const { patches } = feeds(1, 16);
    const { position_embedding } = feeds(1, 9);
    const run = kernel.trunk.run({
      ...(patches && { patches }),
      ...(position_embedding && { position_embedding }),
    });
    await expect(run).rejects.toSatisfy((error) => isAppError(error, "invalid-argument"));
  });
});

describe("what the kernel cannot compute", () => {
  it("is refused for more tokens than its scratch memory holds", async () => {
    const sessions = await openKernelSessions();
    await expect(sessions.trunk.run(feeds(1, 64 * 64))).rejects.toSatisfy((error) =>
      isAppError(error, "invalid-argument"),
    );
  });

  it("is refused for heads that are no multiple of a vector wide", async () => {
    const graphs = {
      trunk: { graph: plans.trunk.graph, weights: { bytes: await planData(plans.trunk, model) } },
      head: { graph: plans.head.graph, weights: { bytes: await planData(plans.head, model) } },
    };
    const kernel = await openNodeKernel();
    const pack = { ...model.config.vision, heads: 16, dim: model.config.dim };
    expect(() => createKernelVision(kernel, graphs, pack)).toThrow(
      expect.objectContaining({ detail: expect.objectContaining({ code: "pack-corrupt" }) }),
    );
  });
});

describe("loading a pack's tower into the kernel", () => {
  const open = async (change: (data: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) => {
    const data = change(await planData(plans.trunk, model));
    const graphs = {
      trunk: { graph: plans.trunk.graph, weights: { bytes: data } },
      head: { graph: plans.head.graph, weights: { bytes: await planData(plans.head, model) } },
    };
    const pack = { ...model.config.vision, dim: model.config.dim };
    return createKernelVision(await openNodeKernel(), graphs, pack);
  };

  it("refuses a data file that breaks off", async () => {
    const opening = open((data) => data.slice(0, -1));
    await expect(opening).rejects.toSatisfy((error) => isAppError(error, "pack-corrupt"));
  });

  it("refuses a graph that breaks off anywhere", async () => {
    const { graph } = plans.trunk;
    const weights = { bytes: await planData(plans.trunk, model) };
    const head = { graph: plans.head.graph, weights: { bytes: await planData(plans.head, model) } };
    const kernel = await openNodeKernel();
    const pack = { ...model.config.vision, dim: model.config.dim };
    for (const length of [1, 7, 100, Math.floor(graph.length / 2), graph.length - 3]) {
      const trunk = { graph: graph.slice(0, length), weights };
      expect(() => createKernelVision(kernel, { trunk, head }, pack)).toThrow(
        expect.objectContaining({ detail: expect.objectContaining({ code: "pack-corrupt" }) }),
      );
    }
  });
});
