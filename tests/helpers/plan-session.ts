import { openNodeSession } from "../../scripts/build-model/node-sessions.ts";
import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import type { GraphPlan } from "../../src/core/model/layers.ts";
import type { Session } from "../../src/core/model/session.ts";

const signal = new AbortController().signal;

/** The whole data file of a planned graph, made of the model's weights. */
export async function planData(
  plan: GraphPlan,
  model: CanonicalModel,
): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(plan.dataBytes);
  for (const run of plan.runs) {
    const tensors = await Promise.all(run.tensors.map((name) => model.read(name, signal)));
    data.set(run.encode(Float32Array.from(tensors.flatMap((values) => [...values]))), run.offset);
  }
  return data;
}

/** A planned graph at work with the model's weights, on WASM in Node. */
export async function openPlan(plan: GraphPlan, model: CanonicalModel): Promise<Session> {
  return openNodeSession(plan.graph, plan.dataFile, {
    name: plan.dataFile,
    bytes: await planData(plan, model),
  });
}
