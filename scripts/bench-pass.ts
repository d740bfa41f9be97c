/**
 * `npm run bench:pass`: what one pass of the tower costs with everything that the page needs of it (the picture and its
 * patches under two models, and the explanation state), against the same tower that gives the picture's own vector alone;
 * and what 25 maps cost after that. WASM on one thread; weights are random, which changes no time.
 *
 *     npm run bench:pass -- [--runtime onnx|kernel] [--storage f32|f16|q8] [--layers 12] [--fineness 1|2] [--rounds 11]
 *
 * With `--runtime kernel` the product's own kernel computes, which takes 8-bit packs.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { explainTexts } from "../src/core/explain/maps.ts";
import { encoderLayer } from "../src/core/model/attention.ts";
import { canonicalShapes } from "../src/core/model/canonical.ts";
import { type ClipConfig, readClipConfig } from "../src/core/model/clip-config.ts";
import { readGraphContent } from "../src/core/model/graph-tensors.ts";
import { type GraphPlan, LayerWriter } from "../src/core/model/layers.ts";
import { PACK_FILES, type WeightStorage } from "../src/core/model/pack-manifest.ts";
import { projectRows } from "../src/core/model/projection.ts";
import { runVision, type VisionSessions } from "../src/core/model/run-vision.ts";
import type { Session } from "../src/core/model/session.ts";
import { planVisionHead } from "../src/core/model/vision-head.ts";
import type { VisionTensors } from "../src/core/model/vision-tensors.ts";
import { planVisionTrunk } from "../src/core/model/vision-trunk.ts";
import { KernelArena } from "../src/core/tower/kernel-arena.ts";
import { createKernelVision } from "../src/core/tower/kernel-vision.ts";
import { createTowerLoader } from "../src/core/tower/load-tower.ts";
import { TowerSteps } from "../src/core/tower/tower-steps.ts";
import { openNodeKernel } from "./build-model/node-kernel.ts";
import { openNodeSession } from "./build-model/node-sessions.ts";
import { median } from "./median.ts";

const { values } = parseArgs({
  options: {
    storage: { type: "string", default: "f16" },
    rounds: { type: "string", default: "11" },
    layers: { type: "string", default: "12" },
    fineness: { type: "string", default: "1" },
    runtime: { type: "string", default: "onnx" },
  },
});
const ROUNDS = Number(values.rounds);
/** Sentences of one search. */
const TEXTS = 25;
const storage = readStorage(values.storage);
/** The shape of CLIP ViT-B/32. */
const config: ClipConfig = readClipConfig({
  vision_config: { num_hidden_layers: Number(values.layers) },
});
const { signal } = new AbortController();

function readStorage(name: string): WeightStorage {
  if (name === "f32" || name === "f16" || name === "q8") return name;
  throw new Error(`no storage ${name}`);
}

/** Numbers in [−0.05, 0.05), always the same. */
function noise(length: number): Float32Array<ArrayBuffer> {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31 / 20;
  });
}

/** The data file of a planned graph, with random weights. */
function noiseFor(plan: GraphPlan): Uint8Array<ArrayBuffer> {
  const shapes = canonicalShapes(config);
  const valuesOf = (name: string) => (shapes.get(name) ?? []).reduce((all, side) => all * side, 1);
  const data = new Uint8Array(plan.dataBytes);
  for (const run of plan.runs) {
    const length = run.tensors.reduce((sum, name) => sum + valuesOf(name), 0);
    data.set(run.encode(noise(length)), run.offset);
  }
  return data;
}

async function openInRuntime(plan: GraphPlan): Promise<Session> {
  const bytes = noiseFor(plan);
  return openNodeSession(plan.graph, plan.dataFile, { name: plan.dataFile, bytes });
}

/** Trunk and head of an 8-bit pack on the product's own kernel. */
async function openOnKernel(): Promise<VisionSessions> {
  const graphOf = (plan: GraphPlan) => ({
    graph: plan.graph,
    weights: { bytes: noiseFor(plan) },
  });
  const graphs = {
    trunk: graphOf(planVisionTrunk(config, "q8")),
    head: graphOf(planVisionHead(config, "f16")),
  };
  return createKernelVision(await openNodeKernel(), graphs, { ...config.vision, dim });
}

/** The last layer on the kernel with the same weights, and the class token's vector, without anything that explains it. */
async function openPlainLayer(): Promise<(hidden: Float32Array) => unknown> {
  const plan = planVisionHead(config, "f16");
  const { tensors: weights, epsilon } = readGraphContent(plan.graph, noiseFor(plan), plan.dataFile);
  const arena = new KernelArena(await openNodeKernel());
  const loader = createTowerLoader(arena, weights, plan.dataFile);
  const { width, heads, mlpWidth, layers } = config.vision;
  const tower = { width, heads, mlpWidth, epsilon };
  const layer = loader.layer(`vision_model.encoder.layers.${layers - 1}`, tower);
  const norm = loader.norm("vision_model.post_layernorm", width);
  const steps = new TowerSteps(arena, tower, Math.max(3 * width, mlpWidth));
  return (hidden) => {
    const rows = hidden.length / width;
    const start = arena.end;
    steps.prepare(rows, mlpWidth);
    const x = steps.buffer(rows, width);
    const room = steps.layerRoom(rows);
    arena.floats(x, hidden.length).set(hidden);
    steps.layer(x, rows, layer, room);
    steps.layerNorm(x, 1, norm, room.normalized);
    const pooled = arena.take(room.normalized, width);
    arena.release(start);
    return projectRows(pooled, plainProjection, width, dim);
  };
}

/** The last layer as any library runs it: the class token's projected vector, and nothing that explains it. */
function planPlainHead({ vision, dim }: ClipConfig, headStorage: WeightStorage): GraphPlan {
  const { width, epsilon, layers } = vision;
  const writer = new LayerWriter("plain-head", PACK_FILES.headData, headStorage, epsilon);
  const { graph } = writer;
  const hidden = graph.input("hidden", ["batch", "tokens", width]);
  const projection = graph.input("projection", [width, dim]);
  const name = `vision_model.encoder.layers.${layers - 1}`;
  const last = encoderLayer(writer, hidden, name, vision, null);
  const pooled = writer.layerNorm(writer.tokens(last, 0, 1), "vision_model.post_layernorm", width);
  graph.output("whole", graph.node("MatMul", [pooled, projection]), ["batch", 1, dim]);
  return writer.plan();
}

/** Milliseconds of processor time, which other work on the machine lengthens less than the time on the wall. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const { vision, dim } = config;
const headStorage = storage === "q8" ? "f16" : storage;
const isKernel = values.runtime === "kernel";
const { trunk, head } = isKernel
  ? await openOnKernel()
  : {
      trunk: await openInRuntime(planVisionTrunk(config, storage)),
      head: await openInRuntime(planVisionHead(config, headStorage)),
    };
const tensors: VisionTensors = {
  visualProjections: noise(vision.width * dim * 2),
  visionPositions: noise((1 + vision.grid ** 2) * vision.width),
};
const shape = { ...vision, dim, imageMean: [0, 0, 0], imageStd: [1, 1, 1] };
const fineness = Number(values.fineness);
const count = (vision.grid * fineness) ** 2;
const patches = noise(count * 3 * vision.patchSize ** 2);
const positions = noise((1 + count) * vision.width);
const plainProjection = noise(vision.width * dim);

const feeds = {
  patches: { data: patches, dims: [1, count, 3 * vision.patchSize ** 2] },
  position_embedding: { data: positions, dims: [1, count + 1, vision.width] },
};
const projection = { data: plainProjection, dims: [vision.width, dim] };
const trunkOnly = () => trunk.run(feeds);

/** The tower alone, opened as the other one was. */
async function openPlain(): Promise<() => Promise<unknown>> {
  if (isKernel) {
    const plainLayer = await openPlainLayer();
    return async () => {
      const { hidden } = await trunkOnly();
      if (hidden === undefined) throw new Error("no output");
      plainLayer(hidden.data);
    };
  }
  const plainHead = await openInRuntime(planPlainHead(config, headStorage));
  return async () => {
    const { hidden } = await trunkOnly();
    if (hidden === undefined) throw new Error("no output");
    await plainHead.run({ hidden, projection });
  };
}
const plain = await openPlain();
const full = () => runVision({ trunk, head }, tensors, shape, patches, signal);

await plain();
const { explanation } = await full();
const times = { trunk: [] as number[], plain: [] as number[], full: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  // By turns, so that whatever else the machine does falls on all alike.
  times.plain.push(await timed(plain));
  times.full.push(await timed(full));
  times.trunk.push(await timed(trunkOnly));
}
const texts = noise(TEXTS * dim);
const maps: number[] = [];
for (let round = 0; round < 10 * ROUNDS; round += 1) {
  maps.push(await timed(async () => explainTexts(explanation, texts, "adapted", "grad-eclip")));
}
const round = (value: number) => Math.round(value * 100) / 100;
const summarize = (all: readonly number[]) =>
  `${round(median(all))} [${round(Math.min(...all))}, ${round(Math.max(...all))}]`;
console.log(
  JSON.stringify(
    {
      machine: `${cpus()[0]?.model ?? "unknown"}, node ${process.version}, WASM, one thread`,
      model: `${vision.layers} layers × ${vision.width}, ${count} patches, ${isKernel ? "our kernel, q8" : `ONNX Runtime, ${storage}`}`,
      unit: `milliseconds of processor time: median [least, most] of ${ROUNDS}`,
      "tower alone": summarize(times.plain),
      "trunk and head": summarize(times.full),
      "trunk of both": summarize(times.trunk),
      ratio: summarize(times.full.map((time, index) => time / (times.plain[index] ?? 0))),
      "ratio of the least": round(Math.min(...times.full) / Math.min(...times.plain)),
      [`${TEXTS} maps, ${count} cells`]: summarize(maps),
    },
    null,
    1,
  ),
);
