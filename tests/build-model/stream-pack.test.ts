import { describe, expect, it } from "vitest";
import { nodePackTools } from "../../scripts/build-model/write-pack.ts";
import { isAppError } from "../../src/core/errors.ts";
import { composeManifest, type PackSources } from "../../src/core/model/build-pack.ts";
import { buildTextPart } from "../../src/core/model/build-text-part.ts";
import { buildVisionPart } from "../../src/core/model/build-vision-part.ts";
import { type CanonicalModel, towerOf } from "../../src/core/model/canonical.ts";
import { PACK_FILES, parsePackManifest } from "../../src/core/model/pack-manifest.ts";
import type { PackSink } from "../../src/core/model/pack-output.ts";
import { packPartBytes } from "../../src/core/model/pack-size.ts";
import { planVisionHead } from "../../src/core/model/vision-head.ts";
import { planVisionTrunk } from "../../src/core/model/vision-trunk.ts";
import type { Progress } from "../../src/core/progress.ts";
import { memorySink } from "../helpers/memory-pack.ts";
import { planData } from "../helpers/plan-session.ts";
import { RANDOM_PACK_OPTIONS, randomAdapter, randomClipSources } from "../helpers/random-clip.ts";

const live = new AbortController().signal;
const ignore = () => {};
const sources = randomClipSources(5);
const options = { ...RANDOM_PACK_OPTIONS, storage: "q8" } as const;

type Event = { readonly read: string } | { readonly written: number; readonly file: string };

/** Sources and a sink that note what happens to them, in order. */
function watched(): { sources: PackSources; sink: PackSink; events: Event[] } {
  const events: Event[] = [];
  const model: CanonicalModel = {
    ...sources.model,
    read(name, signal) {
      events.push({ read: name });
      return sources.model.read(name, signal);
    },
  };
  const { sink } = memorySink();
  const open: PackSink["open"] = async (file) => {
    const writer = await sink.open(file);
    return {
      ...writer,
      write(bytes) {
        events.push({ written: bytes.length, file });
        return writer.write(bytes);
      },
    };
  };
  return { sources: { ...sources, model }, sink: { open }, events };
}

function withTower(tower: "vision" | "text"): PackSources {
  const { model } = sources;
  const shapes = new Map([...model.shapes].filter(([name]) => towerOf(name) === tower));
  return { ...sources, model: { ...model, shapes, towers: [tower] } };
}

describe("streaming weights into a pack", () => {
  it("reads every tensor once, and writes a layer before it reads the next one", async () => {
    const { sources: spied, sink, events } = watched();
    await buildVisionPart(spied, options, nodePackTools, sink, ignore, live);
    await buildTextPart(spied, options, nodePackTools, sink, ignore, live);
    const reads = events.flatMap((event) => ("read" in event ? [event.read] : []));
    expect(reads.toSorted()).toEqual([...sources.model.shapes.keys()]);
    let layer: string | undefined;
    for (const event of events) {
      if ("written" in event) {
        layer = undefined;
        continue;
      }
      const next = /^\w+_model\.encoder\.layers\.\d+/.exec(event.read)?.[0];
      if (layer !== undefined && next !== undefined) expect(next).toBe(layer);
      layer = next ?? layer;
    }
  });

  it("writes the data files that the layouts promise, byte by byte", async () => {
    const { sink, files } = memorySink();
    await buildVisionPart(sources, options, nodePackTools, sink, ignore, live);
    const { config } = sources.model;
    const [trunk, head] = [planVisionTrunk(config, "q8"), planVisionHead(config, "f16")];
    expect(files.get(PACK_FILES.trunk)).toEqual(trunk.graph);
    expect(files.get(PACK_FILES.trunkData)).toEqual(await planData(trunk, sources.model));
    expect(files.get(PACK_FILES.headData)).toEqual(await planData(head, sources.model));
  });

  it.each(["q8", "f16", "f32"] as const)(
    "has the size that was foretold, in %s",
    async (storage) => {
      const { sink } = memorySink();
      const as = { ...options, storage };
      const vision = await buildVisionPart(sources, as, nodePackTools, sink, ignore, live);
      const text = await buildTextPart(sources, as, nodePackTools, sink, ignore, live);
      for (const [part, { files }] of [
        ["vision", vision],
        ["text", text],
      ] as const) {
        const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
        const foretold = packPartBytes(part, sources.model.config, storage, 3);
        expect(bytes).toBeLessThanOrEqual(foretold);
        expect(foretold - bytes).toBeLessThan(part === "vision" ? 64e3 : 2.6e6);
      }
    },
  );

  it("tells how many bytes of weights were converted, up to all of them", async () => {
    const seen: Progress[] = [];
    const report = (progress: Progress) => void seen.push(progress);
    await buildVisionPart(sources, options, nodePackTools, memorySink().sink, report, live);
    const loaded = seen.flatMap((p) => (p.phase === "convert" ? [p.loaded] : []));
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
    const last = seen.at(-1);
    const values = [...withTower("vision").model.shapes.values()].map((shape) =>
      shape.reduce((product, side) => product * side, 4),
    );
    const total = values.reduce((sum, bytes) => sum + bytes, 0);
    expect(last).toEqual({ phase: "convert", item: "vision", loaded: total, total });
  });

  it("stops when it is cancelled, in the middle of the weights", async () => {
    const controller = new AbortController();
    const report = (progress: Progress) => {
      if (progress.phase === "convert" && progress.loaded > progress.total / 2) controller.abort();
    };
    const { sink, files } = memorySink();
    const building = buildVisionPart(
      sources,
      options,
      nodePackTools,
      sink,
      report,
      controller.signal,
    );
    await expect(building).rejects.toMatchObject({ name: "AbortError" });
    expect(files.has(PACK_FILES.headData)).toBe(false);
  });
});

describe("the parts of a pack", () => {
  it("are made one without the other's weights, and join under one id", async () => {
    const { sink } = memorySink();
    const vision = await buildVisionPart(
      { ...withTower("vision"), tokenizer: null, tokenizerConfig: null },
      options,
      nodePackTools,
      sink,
      ignore,
      live,
    );
    const before = composeManifest(vision, null);
    expect(
      parsePackManifest(
        JSON.parse(JSON.stringify({ format: "artefact-pack", version: 2, ...before })),
      ).text,
    ).toBeNull();
    const text = await buildTextPart(withTower("text"), options, nodePackTools, sink, ignore, live);
    const after = composeManifest(vision, text);
    expect(after.packId).toBe(before.packId);
    expect(after.fingerprint).toBe(before.fingerprint);
    expect(after.text).not.toBeNull();
  });

  it("of another adapter or storage do not join", async () => {
    const { sink } = memorySink();
    const vision = await buildVisionPart(sources, options, nodePackTools, sink, ignore, live);
    const others: [PackSources, typeof options | typeof RANDOM_PACK_OPTIONS][] = [
      [{ ...sources, adapter: randomAdapter(99) }, options],
      [{ ...sources, adapter: null }, options],
      [sources, RANDOM_PACK_OPTIONS],
    ];
    for (const [other, as] of others) {
      const text = await buildTextPart(other, as, nodePackTools, sink, ignore, live);
      expect(() => composeManifest(vision, text)).toThrow("invalid-argument");
    }
  });

  it("cannot be made of weights that lack their tower or their tokenizer", async () => {
    const { sink } = memorySink();
    const failures = await Promise.all([
      buildVisionPart(withTower("text"), options, nodePackTools, sink, ignore, live).catch(keep),
      buildTextPart(withTower("vision"), options, nodePackTools, sink, ignore, live).catch(keep),
      buildTextPart(
        { ...sources, tokenizer: null },
        options,
        nodePackTools,
        sink,
        ignore,
        live,
      ).catch(keep),
    ]);
    for (const failure of failures) expect(isAppError(failure, "weights-invalid")).toBe(true);
  });
});

function keep(error: unknown): unknown {
  return error;
}
