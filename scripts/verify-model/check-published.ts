import type { PackManifest, WeightStorage } from "../../src/core/model/pack-manifest.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { type Check, holds } from "./check.ts";
import { CAT_LOGITS, CAT_PROBABILITIES, CATS, HELLO, LOGIT_SCALE } from "./published.ts";
import { modelView, type Picture } from "./read-picture.ts";

/**
 * Allowed difference of a logit, 100 · cos: 10⁻³ of it and 10⁻³ more in float32, which is what the source allows itself;
 * the wider ones are for what the storage rounds, and a cosine's 0.005 moves no ranking that anybody sees.
 */
const LOGIT_TOLERANCE: Readonly<Record<WeightStorage, number>> = { f32: 0.026, f16: 0.05, q8: 0.5 };
/** Added for a JPEG, which every decoder reads a little differently. */
const JPEG_TOLERANCE = 0.3;
/** Rounding of the published probabilities to three digits. */
const DIGIT = 5e-4;
/** Least cosine of the five published numbers of a vector with ours; they are rounded to four digits. */
const LEAST_COSINE: Readonly<Record<WeightStorage, number>> = { f32: 0.9995, f16: 0.999, q8: 0.97 };

/** Tells whether a pack has the shape of OpenAI's CLIP ViT-B/32. */
export function hasPublishedShape({
  dim,
  width,
  layers,
  imageSize,
  grid,
  text,
}: PackManifest): boolean {
  return (
    [dim, width, layers, imageSize, grid].join() === "512,768,12,224,7" &&
    [text?.width, text?.layers, text?.vocabularySize].join() === "512,12,49408"
  );
}

function cosine(left: ArrayLike<number>, right: readonly number[]): number {
  let product = 0;
  let lengths = [0, 0];
  for (const [i, value] of right.entries()) {
    const own = left[i] ?? Number.NaN;
    product += own * value;
    lengths = [(lengths[0] ?? 0) + own * own, (lengths[1] ?? 0) + value * value];
  }
  return product / Math.sqrt((lengths[0] ?? 0) * (lengths[1] ?? 0));
}

/** Compares the direction of the first numbers of a text's vector. */
async function checkHello(encoder: NodeEncoder, signal: AbortSignal): Promise<Check> {
  const { base } = await encoder.encodeTexts([HELLO.text], signal);
  const agreement = cosine(base, HELLO.head);
  const numbers = Array.from(base.subarray(0, HELLO.head.length), (value) => value.toFixed(4));
  return holds(
    `published: text ${JSON.stringify(HELLO.text)}`,
    agreement >= LEAST_COSINE[encoder.manifest.storage],
    `begins ${numbers.join(" ")}; published ${HELLO.head.join(" ")}; cosine ${agreement.toFixed(4)}`,
  );
}

/**
 * Compares a pack of OpenAI's CLIP ViT-B/32 with the numbers in published.ts, without the adapter.
 *
 * @param cats the picture {@link CATS}
 */
export async function checkPublished(
  encoder: NodeEncoder,
  cats: Picture,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { manifest } = encoder;
  if (!hasPublishedShape(manifest)) {
    return [
      holds(
        "published numbers",
        false,
        "the pack has not the shape of CLIP ViT-B/32 with its text tower",
      ),
    ];
  }
  if (cats.width !== CATS.width || cats.height !== CATS.height) {
    const size = `${cats.width} × ${cats.height}`;
    return [
      holds(
        "published numbers",
        false,
        `the picture is ${size}, not ${CATS.width} × ${CATS.height}`,
      ),
    ];
  }
  const { whole } = await encoder.encodeImage(modelView(cats, manifest.imageSize), signal);
  const logitsOf = async (texts: readonly string[]): Promise<number[]> => {
    const { base } = await encoder.encodeTexts(texts, signal);
    return texts.map(
      (_, row) => LOGIT_SCALE * cosine(base.subarray(row * manifest.dim), [...whole.base]),
    );
  };
  const tolerance = LOGIT_TOLERANCE[manifest.storage] + (cats.isLossless ? 0 : JPEG_TOLERANCE);
  const logits = await logitsOf(CAT_LOGITS.map(({ text }) => text));
  const labels = await logitsOf(CAT_PROBABILITIES.map(({ text }) => text));
  const powers = labels.map((logit) => Math.exp(logit - Math.max(...labels)));
  const sum = powers.reduce((total, power) => total + power, 0);
  return [
    await checkHello(encoder, signal),
    ...CAT_LOGITS.map(({ text, logit }, i) => {
      const own = logits[i] ?? Number.NaN;
      const detail = `logit ${own.toFixed(4)}; published ${logit}, allowed ± ${tolerance}`;
      return holds(
        `published: cats, ${JSON.stringify(text)}`,
        Math.abs(own - logit) <= tolerance,
        detail,
      );
    }),
    ...CAT_PROBABILITIES.map(({ text, probability }, i) => {
      const own = (powers[i] ?? Number.NaN) / sum;
      // A softmax changes by at most p (1 − p) for each unit of difference between logits.
      const allowed = DIGIT + 2 * tolerance * Math.max(probability * (1 - probability), DIGIT);
      const detail = `probability ${own.toFixed(4)}; published ${probability}, allowed ± ${allowed.toFixed(4)}`;
      return holds(
        `published: cats, ${JSON.stringify(text)}`,
        Math.abs(own - probability) <= allowed,
        detail,
      );
    }),
  ];
}
