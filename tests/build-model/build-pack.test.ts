import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openNodeSession, openNodeTokenizer } from "../../scripts/build-model/node-sessions.ts";
import { nodePackTools } from "../../scripts/build-model/write-pack.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { isAbort } from "../../src/core/errors.ts";
import { knownAnswerError, knownAnswerPatches } from "../../src/core/model/known-answer.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { runVision } from "../../src/core/model/run-vision.ts";
import type { Session } from "../../src/core/model/session.ts";
import { readTextTensors, type TextTensors } from "../../src/core/model/text-tensors.ts";
import { adaptedTextTransform } from "../../src/core/model/text-transform.ts";
import { readVisionTensors, type VisionTensors } from "../../src/core/model/vision-tensors.ts";
import { buildMemoryPack, type MemoryPack, weightsOf } from "../helpers/memory-pack.ts";
import { RANDOM_PACK_OPTIONS, randomClipSources } from "../helpers/random-clip.ts";
import { worstCosineDistance } from "../reference/compare.ts";

const signal = new AbortController().signal;

interface OpenedPack {
  readonly files: MemoryPack;
  readonly manifest: PackManifest;
  readonly tensors: VisionTensors;
  readonly texts: TextTensors;
  readonly text: NonNullable<PackManifest["text"]>;
  open(name: string): Promise<Session>;
  json(name: string): unknown;
}

async function build(storage: PackManifest["storage"], withAdapter = true): Promise<OpenedPack> {
  const sources = randomClipSources(5);
  const files = await buildMemoryPack(
    withAdapter ? sources : { ...sources, adapter: null },
    { ...RANDOM_PACK_OPTIONS, storage },
    nodePackTools,
    signal,
  );
  const file = (name: string) => files.get(name) ?? new Uint8Array();
  const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(file(name)));
  const manifest = parsePackManifest(json(MANIFEST_FILE));
  const { text } = manifest;
  if (text === null) throw new Error("no text part");
  const data = new Map<string, string>([
    [PACK_FILES.trunk, PACK_FILES.trunkData],
    [PACK_FILES.head, PACK_FILES.headData],
    [PACK_FILES.text, PACK_FILES.textData],
  ]);
  return {
    files,
    manifest,
    text,
    tensors: readVisionTensors(file(PACK_FILES.visionTensors), manifest),
    texts: readTextTensors(file(PACK_FILES.textTensors), { ...manifest, text }),
    json,
    open: (name) => openNodeSession(file(name), name, weightsOf(files, data.get(name) ?? "")),
  };
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

  it("has the same fingerprints in every storage, of which the adapter has its own", async () => {
    const [q8, f32, plain] = [await build("q8"), await build("f32"), await build("f32", false)];
    for (const { manifest } of [f32, plain]) {
      expect(manifest.fingerprint).toBe(q8.manifest.fingerprint);
      expect(manifest.textFingerprint).toBe(q8.manifest.textFingerprint);
    }
    expect(f32.manifest.adapter).toEqual(q8.manifest.adapter);
    expect(plain.manifest.adapter).toBeNull();
    const ids = [q8, f32, plain].map(({ manifest }) => manifest.packId);
    expect(new Set(ids).size).toBe(3);
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
  const phrases = ["a red boat", "sea", "a blue house left", "blue sea right", "a boat", "sea"];

  it("embeds texts of mixed lengths in their order, each as if it were alone", async () => {
    const { manifest, text, texts, open, json } = await build("f32");
    const session = await open(PACK_FILES.text);
    const tokenize = openNodeTokenizer(
      json(PACK_FILES.tokenizer),
      json(PACK_FILES.tokenizerConfig),
    );
    const ids = phrases.map(tokenize);
    expect(ids[1]).toEqual([9, 6, 10]);
    const together = await runText(session, texts, text, ids, signal);
    for (const [index, one] of ids.entries()) {
      const alone = await runText(session, texts, text, [one], signal);
      for (const variant of ["base", "adapted"] as const) {
        const { dim } = manifest;
        const row = together[variant].subarray(index * dim, (index + 1) * dim);
        expect(worstCosineDistance(alone[variant], row, dim)).toBeLessThan(1e-9);
      }
    }
  });

  it("does not see what follows the end-of-text token", async () => {
    const { manifest, text, texts, open } = await build("f32");
    const session = await open(PACK_FILES.text);
    const end = text.endOfTextToken;
    const [plain, padded] = [
      [9, 6, end],
      [9, 6, end, end, 3, end],
    ];
    const { base } = await runText(session, texts, text, [plain, padded], signal);
    expect(base.subarray(0, manifest.dim)).toEqual(base.subarray(manifest.dim));
  });

  it("is causal: a longer text changes no earlier row", async () => {
    const { text, open } = await build("f32");
    const session = await open(PACK_FILES.text);
    const { width: textWidth } = text;
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
    const { manifest, text, texts, open, json } = await build("q8");
    const session = await open(PACK_FILES.text);
    const tokenize = openNodeTokenizer(
      json(PACK_FILES.tokenizer),
      json(PACK_FILES.tokenizerConfig),
    );
    const { dim } = manifest;
    const { textUpdate, textProjection } = texts;
    if (textUpdate === null) throw new Error("no factors");
    const factors = adaptedTextTransform(textProjection.base, textUpdate, dim);
    const transform = createLowRankTransform(dim, factors.rank, factors.left, factors.right);
    const vectors = await runText(session, texts, text, phrases.map(tokenize), signal);
    const moved = phrases.flatMap((_, i) => [
      ...applyTransform(transform, vectors.base.subarray(i * dim, (i + 1) * dim)),
    ]);
    expect(transform.rank).toBe(3);
    const distance = worstCosineDistance(vectors.adapted, Float32Array.from(moved), dim);
    expect(distance).toBeLessThan(1e-9);
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
    const again = buildMemoryPack(
      randomClipSources(5),
      RANDOM_PACK_OPTIONS,
      nodePackTools,
      controller.signal,
    );
    expect(isAbort(await again.catch((error: unknown) => error))).toBe(true);
  });
});
