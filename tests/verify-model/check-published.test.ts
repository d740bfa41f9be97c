import { describe, expect, it } from "vitest";
import type { NodeEncoder } from "../../scripts/build-model/node-sessions.ts";
import { checkPublished } from "../../scripts/verify-model/check-published.ts";
import { CAT_LOGITS, CATS, HELLO } from "../../scripts/verify-model/published.ts";
import type { Picture } from "../../scripts/verify-model/read-picture.ts";

const DIM = 512;
const { signal } = new AbortController();
const cats: Picture = {
  width: CATS.width,
  height: CATS.height,
  rgb: new Uint8Array(CATS.width * CATS.height * 3),
  isLossless: true,
};
/** Logits that give the published probabilities; only their differences are known. */
const LABELS = new Map([
  ["This is a photo of remote.", 24],
  ["This is a photo of cat.", 24 + Math.log(0.485 / 0.511)],
  ["This is a photo of plane.", 24 + Math.log(0.004 / 0.511)],
]);

/** An encoder that gives the picture the first axis, and every text the cosine that was published. */
function publishedEncoder(error: number, storage: "f32" | "q8", dim = DIM): NodeEncoder {
  const vectorOf = (text: string): Float32Array<ArrayBuffer> => {
    const vector = new Float32Array(DIM);
    if (text === HELLO.text) {
      vector.set(HELLO.head.map((value) => value + error / 20));
      return vector;
    }
    const logit = CAT_LOGITS.find((entry) => entry.text === text)?.logit ?? LABELS.get(text) ?? 0;
    const cosine = logit / 100 + (text === "a photo of a dog" ? error : 0);
    vector.set([cosine, Math.sqrt(1 - cosine ** 2)]);
    return vector;
  };
  const embed = (texts: readonly string[]): Float32Array<ArrayBuffer> => {
    const rows = new Float32Array(texts.length * DIM);
    for (const [row, text] of texts.entries()) rows.set(vectorOf(text), row * DIM);
    return rows;
  };
  const whole = new Float32Array(DIM);
  whole[0] = 1;
  const encoder: Partial<Record<keyof NodeEncoder, unknown>> = {
    manifest: {
      dim,
      width: 768,
      layers: 12,
      imageSize: 224,
      grid: 7,
      storage,
      text: { width: 512, layers: 12, vocabularySize: 49408 },
    },
    encodeImage: async () => ({ whole: { base: whole, adapted: whole } }),
    encodeTexts: async (texts: readonly string[]) => ({
      base: embed(texts),
      adapted: embed(texts),
    }),
  };
  return encoder as unknown as NodeEncoder;
}

const failedNames = async (encoder: NodeEncoder, picture = cats): Promise<readonly string[]> =>
  (await checkPublished(encoder, picture, signal))
    .filter(({ outcome }) => outcome === "failed")
    .map(({ name }) => name);

describe("comparing with published numbers", () => {
  it("passes an encoder that gives them", async () => {
    const checks = await checkPublished(publishedEncoder(0, "f32"), cats, signal);
    expect(checks.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 6 }, () => "passed"));
  });

  it("notices a logit that is a tenth off in float32, and allows it in q8", async () => {
    expect(await failedNames(publishedEncoder(0.001, "f32"))).toEqual([
      'published: cats, "a photo of a dog"',
    ]);
    expect(await failedNames(publishedEncoder(0.001, "q8"))).toEqual([]);
  });

  it("notices another text vector and other logits in every storage", async () => {
    expect(await failedNames(publishedEncoder(0.5, "q8"))).toEqual([
      'published: text "hello world"',
      'published: cats, "a photo of a dog"',
    ]);
  });

  it("refuses another picture, and a pack of another shape", async () => {
    expect(await failedNames(publishedEncoder(0, "f32"), { ...cats, width: 641 })).toHaveLength(1);
    expect(await failedNames(publishedEncoder(0, "f32", 768))).toHaveLength(1);
  });
});
