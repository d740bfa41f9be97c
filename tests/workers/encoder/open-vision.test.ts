import { describe, expect, it } from "vitest";
import { openNodeSession } from "../../../scripts/build-model/node-sessions.ts";
import { nodePackTools } from "../../../scripts/build-model/write-pack.ts";
import { AppError, isAppError } from "../../../src/core/errors.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  parsePackManifest,
} from "../../../src/core/model/pack-manifest.ts";
import type { NamedTensors } from "../../../src/core/model/session.ts";
import { readVisionTensors } from "../../../src/core/model/vision-tensors.ts";
import type { Provider } from "../../../src/core/protocol.ts";
import { openVision } from "../../../workers/encoder/open-vision.ts";
import type { Engine } from "../../../workers/encoder/sessions.ts";
import { buildMemoryPack, weightsOf } from "../../helpers/memory-pack.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../../helpers/random-clip.ts";

const live = new AbortController().signal;
const pack = await buildMemoryPack(randomClipSources(3), RANDOM_PACK_OPTIONS, nodePackTools, live);
const bytes = (name: string) => pack.get(name) ?? new Uint8Array();
const manifest = parsePackManifest(JSON.parse(new TextDecoder().decode(bytes(MANIFEST_FILE))));
const tensors = readVisionTensors(bytes(PACK_FILES.visionTensors), manifest);
const graphs = {
  trunk: { graph: bytes(PACK_FILES.trunk), weights: weightsOf(pack, PACK_FILES.trunkData) },
  head: { graph: bytes(PACK_FILES.head), weights: weightsOf(pack, PACK_FILES.headData) },
};

type Spoil = (outputs: NamedTensors) => NamedTensors;

/** Multiplies every number of every output by `factor`. */
function scaleBy(factor: number): Spoil {
  return (outputs) =>
    Object.fromEntries(
      Object.entries(outputs).map(([name, { data, dims }]) => [
        name,
        { dims, data: data.map((value) => value * factor) },
      ]),
    );
}

/** An engine on Node's WASM whose "GPU" spoils what the head gives. */
function createTestEngine(spoil: Spoil, hasGpu = true) {
  const opened: string[] = [];
  const released: string[] = [];
  const engine: Engine = {
    hasGpu,
    build: hasGpu ? ("jspi" as const) : ("plain" as const),
    async openSession(graph, stage, provider, _, weights) {
      const session = await openNodeSession(graph, stage, weights);
      const name = `${provider} ${stage}`;
      opened.push(name);
      return {
        async run(feeds) {
          const outputs = await session.run(feeds);
          return provider === "webgpu" && stage === PACK_FILES.head ? spoil(outputs) : outputs;
        },
        release: async () => {
          released.push(name);
        },
      };
    },
  };
  return { engine, opened, released };
}

function open(engine: Engine, providers: readonly Provider[]) {
  return openVision(engine, providers, graphs, tensors, manifest, 1, () => {}, live);
}

describe("openVision", () => {
  it("takes the first provider that gives the known answer", async () => {
    const { engine } = createTestEngine((outputs) => outputs);
    expect((await open(engine, ["webgpu", "wasm"])).provider).toBe("webgpu");
    expect((await open(engine, ["wasm", "webgpu"])).provider).toBe("wasm");
  });

  it.each<[string, Spoil]>([
    // Scaling leaves the unit vector as it is: only the lengths of the gradients and λ give it away.
    ["wrong numbers", scaleBy(1.05)],
    ["no numbers", scaleBy(Number.NaN)],
    ["zeros", scaleBy(0)],
    [
      "an error",
      () => {
        throw new AppError({ code: "session-failed", stage: "head", why: "shader" });
      },
    ],
  ])("gives way to WASM where WebGPU returns %s, and releases it", async (_, spoil) => {
    const { engine, released } = createTestEngine(spoil);
    expect((await open(engine, ["webgpu", "wasm"])).provider).toBe("wasm");
    expect(released).toEqual([`webgpu ${PACK_FILES.trunk}`, `webgpu ${PACK_FILES.head}`]);
  });

  it("says that the self-test failed, where, and by how much, if there is no other provider", async () => {
    const { engine } = createTestEngine(scaleBy(1.05));
    const error = await open(engine, ["webgpu"]).catch((e: unknown) => e);
    expect(isAppError(error, "self-test-failed")).toBe(true);
    expect(error).toMatchObject({ detail: { provider: "webgpu", error: expect.closeTo(0.05, 3) } });
  });

  it("passes over WebGPU without a GPU, and says so if nothing else may be used", async () => {
    const { engine, opened } = createTestEngine((outputs) => outputs, false);
    expect((await open(engine, ["webgpu", "wasm"])).provider).toBe("wasm");
    expect(opened).toEqual([`wasm ${PACK_FILES.trunk}`, `wasm ${PACK_FILES.head}`]);
    const error = await open(engine, ["webgpu"]).catch((e: unknown) => e);
    expect(isAppError(error, "session-failed")).toBe(true);
  });

  it("does not try the next provider for a person who cancelled", async () => {
    const { engine, opened } = createTestEngine((outputs) => outputs);
    const controller = new AbortController();
    const opening = openVision(
      engine,
      ["webgpu", "wasm"],
      graphs,
      tensors,
      manifest,
      1,
      (progress) => {
        if (progress.phase === "step" && progress.step === "self-test") controller.abort();
      },
      controller.signal,
    );
    await expect(opening).rejects.toMatchObject({ name: "AbortError" });
    expect(opened.every((name) => name.startsWith("webgpu"))).toBe(true);
  });
});
