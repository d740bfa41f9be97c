import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openNodeSession, openNodeTokenizer } from "../../scripts/build-model/node-sessions.ts";
import { nodePackTools } from "../../scripts/build-model/write-pack.ts";
import { isAbort } from "../../src/core/errors.ts";
import { buildPack, fingerprintModel } from "../../src/core/model/build-pack.ts";
import { knownAnswerError, knownAnswerPatches } from "../../src/core/model/known-answer.ts";
import { transpose } from "../../src/core/model/layers.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import { type PackTensors, readPackTensors } from "../../src/core/model/pack-tensors.ts";
import { normalizeRows, projectRows } from "../../src/core/model/projection.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import type { Session } from "../../src/core/model/session.ts";
import { adaptedTextTransform } from "../../src/core/model/text-transform.ts";
import {
  RANDOM_PACK_OPTIONS,
  randomAdapter,
  randomClip,
  randomClipSources,
} from "../helpers/random-clip.ts";
import { worstCosineDistance } from "../reference/read-golden.ts";

const signal = new AbortController().signal;

interface OpenedPack {
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  readonly manifest: PackManifest;
  readonly tensors: PackTensors;
  open(name: string): Promise<Session>;
  json(name: string): unknown;
}

async function build(storage: PackManifest["storage"], withAdapter = true): Promise<OpenedPack> {
  const sources = randomClipSources(5);
  const files = await buildPack(
    withAdapter ? sources : { ...sources, adapter: null },
    { ...RANDOM_PACK_OPTIONS, storage },
    nodePackTools,
    signal,
  );
  const file = (name: string) => files.get(name) ?? new Uint8Array();
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(file(name)));
  const manifest = parsePackManifest(json(MANIFEST_FILE));
  const tensors = readPackTensors(file(PACK_FILES.tensors), manifest);
  return { files, manifest, tensors, json, open: (name) => openNodeSession(file(name), name) };
}

describe("a pack", () => {
  it("is the same, byte by byte, when it is built again", async () => {
    const [first, second] = [await build("q8"), await build("q8")];
    expect([...second.files.keys()]).toEqual([...first.files.keys()]);
    for (const [name, bytes] of first.files) expect(second.files.get(name)).toEqual(bytes);
  });

  it("lists every file with its size and hash", async () => {
    const { files, manifest } = await build("f16");
    expect(manifest.files.length).toBe(files.size - 1);
    for (const { name, bytes, sha256 } of manifest.files) {
      const content = files.get(name) ?? new Uint8Array();
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
  });

  it("has one fingerprint in every storage, and another for other weights or another adapter", async () => {
    const { digest } = nodePackTools;
    const [q8, f32] = [await build("q8"), await build("f32")];
    expect(q8.manifest.fingerprint).toBe(f32.manifest.fingerprint);
    expect(q8.manifest.packId).not.toBe(f32.manifest.packId);
    const prints = [
      await fingerprintModel(randomClip(5), null, digest, signal),
      await fingerprintModel(randomClip(6), null, digest, signal),
      await fingerprintModel(randomClip(5), randomAdapter(1), digest, signal),
      await fingerprintModel(randomClip(5), randomAdapter(2), digest, signal),
    ];
    expect(new Set(prints).size).toBe(4);
  });

  it("gives its own known answer again, and not with a broken projection", async () => {
    const { manifest, tensors, open } = await build("q8");
    const sessions = { trunk: await open(PACK_FILES.trunk), head: await open(PACK_FILES.head) };
    const patches = knownAnswerPatches(manifest);
    const result = await runVision(sessions, tensors, manifest, patches, signal);
    const { knownAnswer } = manifest;
    expect(knownAnswerError(knownAnswer, result)).toBeLessThan(knownAnswer.tolerance / 10);
    const shifted = patches.map((value, i) => value + (i % 7) / 10);
    const other = await runVision(sessions, tensors, manifest, shifted, signal);
    expect(knownAnswerError(knownAnswer, other)).toBeGreaterThan(knownAnswer.tolerance);
  });

  it("without an adapter has one variant, and shares its vectors", async () => {
    const { manifest, tensors, files, open } = await build("f32", false);
    expect(manifest.variants.adapted).toBeNull();
    expect(files.has(MANIFEST_FILE)).toBe(true);
    const sessions = { trunk: await open(PACK_FILES.trunk), head: await open(PACK_FILES.head) };
    const patches = knownAnswerPatches(manifest);
    const result = await runVision(sessions, tensors, manifest, patches, signal);
    expect(result.whole.adapted).toEqual(result.whole.base);
    expect(result.explanation.variants.adapted).toBe(result.explanation.variants.base);
  });
});

describe("the text tower of a pack", () => {
  const texts = ["a red boat", "sea", "a blue house left", "blue sea right", "a boat", "sea"];

  it("embeds texts of mixed lengths in their order, each as if it were alone", async () => {
    const { manifest, tensors, open, json } = await build("f32");
    const session = await open(PACK_FILES.text);
    const tokenize = openNodeTokenizer(
      json(PACK_FILES.tokenizer),
      json(PACK_FILES.tokenizerConfig),
    );
    const ids = texts.map(tokenize);
    expect(ids[1]).toEqual([9, 6, 10]);
    const together = await runText(session, tensors, manifest, ids, signal);
    for (const [index, one] of ids.entries()) {
      const alone = await runText(session, tensors, manifest, [one], signal);
      for (const variant of ["base", "adapted"] as const) {
        const { dim } = manifest;
        const row = together[variant].subarray(index * dim, (index + 1) * dim);
        expect(worstCosineDistance(alone[variant], row, dim)).toBeLessThan(1e-9);
      }
    }
  });

  it("does not see what follows the end-of-text token", async () => {
    const { manifest, tensors, open } = await build("f32");
    const session = await open(PACK_FILES.text);
    const end = manifest.endOfTextToken;
    const [plain, padded] = [
      [9, 6, end],
      [9, 6, end, end, 3, end],
    ];
    const { base } = await runText(session, tensors, manifest, [plain, padded], signal);
    expect(base.subarray(0, manifest.dim)).toEqual(base.subarray(manifest.dim));
  });

  it("is causal: a longer text changes no earlier row", async () => {
    const { manifest, open } = await build("f32");
    const session = await open(PACK_FILES.text);
    const { textWidth } = manifest;
    const rows = Float32Array.from({ length: 6 * textWidth }, (_, i) => Math.sin(i));
    const run = async (tokens: number) => {
      const data = rows.slice(0, tokens * textWidth);
      const { hidden } = await session.run({
        inputs_embeds: { data, dims: [1, tokens, textWidth] },
      });
      return hidden?.data ?? new Float32Array();
    };
    const [short, long] = [await run(4), await run(6)];
    for (const [i, value] of short.entries()) expect(long[i]).toBeCloseTo(value, 5);
  });

  it("gives adapted vectors that the transform of the tables gives too", async () => {
    const { manifest, tensors, open, json } = await build("q8");
    const session = await open(PACK_FILES.text);
    const tokenize = openNodeTokenizer(
      json(PACK_FILES.tokenizer),
      json(PACK_FILES.tokenizerConfig),
    );
    const { dim, textWidth } = manifest;
    const { base, adapted } = tensors.textProjection;
    const transform = transpose(adaptedTextTransform(base, adapted, textWidth, dim), dim, dim);
    const vectors = await runText(session, tensors, manifest, texts.map(tokenize), signal);
    const moved = normalizeRows(projectRows(vectors.base, transform, dim, dim), dim);
    expect(worstCosineDistance(vectors.adapted, moved, dim)).toBeLessThan(1e-6);
  });
});

describe("a provider that fails", () => {
  it("silently, with numbers that are none or with too few, is reported and not believed", async () => {
    const { manifest, tensors, open } = await build("f32");
    const trunk = await open(PACK_FILES.trunk);
    const head = await open(PACK_FILES.head);
    const patches = knownAnswerPatches(manifest);
    const withHead = (run: Session["run"]) =>
      runVision({ trunk, head: { run } }, tensors, manifest, patches, signal);
    await expect(
      withHead(async (feeds) => {
        const outputs = await head.run(feeds);
        const { gradients } = outputs;
        const data = gradients?.data.map(() => Number.NaN) ?? new Float32Array();
        return { ...outputs, gradients: { data, dims: gradients?.dims ?? [] } };
      }),
    ).rejects.toThrow('"session-failed","stage":"gradients"');
    await expect(withHead(async () => ({}))).rejects.toThrow('"session-failed","stage":"pooled"');
  });
});

describe("cancelling", () => {
  it("stops building a pack and running a tower with an AbortError", async () => {
    const { manifest, tensors, open } = await build("f32");
    const controller = new AbortController();
    const trunk = await open(PACK_FILES.trunk);
    const head = await open(PACK_FILES.head);
    const aborting: Session = {
      run: (feeds) => {
        controller.abort();
        return trunk.run(feeds);
      },
    };
    const patches = knownAnswerPatches(manifest);
    const run = runVision({ trunk: aborting, head }, tensors, manifest, patches, controller.signal);
    expect(isAbort(await run.catch((error: unknown) => error))).toBe(true);
    const again = buildPack(
      randomClipSources(5),
      RANDOM_PACK_OPTIONS,
      nodePackTools,
      controller.signal,
    );
    expect(isAbort(await again.catch((error: unknown) => error))).toBe(true);
  });
});
