import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import type { OnnxRuntime } from "../../../workers/encoder/onnx-runtime.ts";
import { createEngine } from "../../../workers/encoder/sessions.ts";

const live = new AbortController().signal;
const graph = new Uint8Array(4);
const weights = { name: "trunk.data", bytes: new Uint8Array(8) };
const feeds = { x: { data: Float32Array.of(1, 2), dims: [2] } };

type Run = (feeds: Record<string, { data: Float32Array }>) => Promise<unknown>;

/** A runtime of one kind of session, and the device that can be taken from it. */
function createRuntime(run: Run, create: () => Promise<void> = async () => {}) {
  let lose: (reason: string) => void = () => {};
  const lost = new Promise((resolve) => {
    lose = (reason) => resolve({ reason: "unknown", message: reason });
  });
  const released: string[] = [];
  const runtime = {
    env: { webgpu: { device: { lost } } },
    Tensor: class {
      readonly type: string;
      readonly data: Float32Array;
      readonly dims: readonly number[];
      constructor(type: string, data: Float32Array, dims: readonly number[]) {
        this.type = type;
        this.data = data;
        this.dims = dims;
      }
    },
    InferenceSession: {
      async create() {
        await create();
        return { run, release: async () => released.push("session") };
      },
    },
  };
  return { runtime: runtime as unknown as OnnxRuntime, lose, released };
}

const echo: Run = async ({ x }) => ({ y: { data: x?.data, dims: [2] } });
const caught = (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("createEngine", () => {
  it("passes tensors in and out", async () => {
    const session = await createEngine(createRuntime(echo).runtime, "plain", false).openSession(
      graph,
      "trunk",
      "wasm",
      live,
      weights,
    );
    expect(await session.run(feeds)).toEqual({ y: { data: Float32Array.of(1, 2), dims: [2] } });
  });

  it("runs one thing after another, also after a failure", async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const { runtime } = createRuntime(async (inputs) => {
      running += 1;
      runs += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      if (runs === 2) throw new Error("shader");
      return echo(inputs);
    });
    const engine = createEngine(runtime, "plain", false);
    const sessions = await Promise.all(
      ["trunk", "head"].map((stage) => engine.openSession(graph, stage, "wasm", live, weights)),
    );
    const results = await Promise.allSettled(
      [0, 1, 0, 1].map((index) => sessions[index]?.run(feeds)),
    );
    expect(most).toBe(1);
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
  });

  it("names the stage of a failure to load or to run, and of an output of another type", async () => {
    const failing = createRuntime(echo, () => Promise.reject(new Error("no such op")));
    expect(
      await caught(
        createEngine(failing.runtime, "plain", false).openSession(
          graph,
          "trunk",
          "wasm",
          live,
          weights,
        ),
      ),
    ).toMatchObject({ detail: { code: "session-failed", stage: "trunk", why: "no such op" } });
    const { runtime } = createRuntime(async () => ({
      y: { data: new BigInt64Array(1), dims: [1] },
    }));
    const session = await createEngine(runtime, "plain", false).openSession(
      graph,
      "head",
      "wasm",
      live,
      weights,
    );
    expect(await caught(session.run(feeds))).toMatchObject({
      detail: { code: "session-failed", stage: "head" },
    });
  });

  it("reports a lost device for a run on the GPU, at once where the loss is known", async () => {
    let runs = 0;
    const { runtime, lose } = createRuntime(async () => {
      runs += 1;
      // The runtime's own message says nothing of the device; the loss is reported a moment later.
      setTimeout(() => lose("driver reset"), 10);
      throw new Error("map_async failed");
    });
    const engine = createEngine(runtime, "jspi", true);
    const onGpu = await engine.openSession(graph, "trunk", "webgpu", live, weights);
    expect(await caught(onGpu.run(feeds))).toMatchObject({
      detail: { code: "device-lost", reason: "driver reset" },
    });
    expect(isAppError(await caught(onGpu.run(feeds)), "device-lost")).toBe(true);
    expect(runs).toBe(1);
    const opening = caught(engine.openSession(graph, "head", "webgpu", live, weights));
    expect(isAppError(await opening, "device-lost")).toBe(true);
  });

  it("goes on with the processor after the device is lost", async () => {
    const { runtime, lose } = createRuntime(echo);
    const engine = createEngine(runtime, "jspi", true);
    await engine.openSession(graph, "trunk", "webgpu", live, weights);
    lose("gone");
    const onCpu = await engine.openSession(graph, "trunk", "wasm", live, weights);
    expect(await onCpu.run(feeds)).toHaveProperty("y");
  });

  it("gives a session back that was cancelled while it was opened", async () => {
    const controller = new AbortController();
    const { runtime, released } = createRuntime(echo, async () => controller.abort());
    const engine = createEngine(runtime, "plain", false);
    const opening = engine.openSession(graph, "trunk", "wasm", controller.signal, weights);
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    expect(released).toEqual(["session"]);
  });
});
