/**
 * Numbers that others published for OpenAI's CLIP ViT-B/32 (`openai/clip-vit-base-patch32`), so that a pack of the real
 * weights can be proved without running anybody else's program.
 */

/** The temperature of the published logits, exp(logit_scale) of the checkpoint: a logit is 100 · cos. */
export const LOGIT_SCALE = 100;

/** Two cats on a sofa with two remote controls: COCO val2017, number 39769, 640 × 480. */
export const CATS = {
  name: "COCO 39769",
  /** Lossless, from the fixtures of the tests that the numbers below come from. */
  url: "https://raw.githubusercontent.com/huggingface/transformers/01080c629600d4ff3121446bb4f4a2e240c2cf41/tests/fixtures/tests_samples/COCO/000000039769.png",
  width: 640,
  height: 480,
} as const;

/**
 * `logits_per_image` of {@link CATS}, as CLIPModelIntegrationTest.test_inference expects them, within 10⁻³ relative and
 * absolute.
 * https://github.com/huggingface/transformers/blob/01080c629600d4ff3121446bb4f4a2e240c2cf41/tests/models/clip/test_modeling_clip.py
 */
export const CAT_LOGITS = [
  { text: "a photo of a cat", logit: 24.5701 },
  { text: "a photo of a dog", logit: 19.3049 },
] as const;

/**
 * Probabilities of labels for {@link CATS}, rounded to three digits, as the test of the zero-shot pipeline expects them; its
 * template is "This is a photo of {}."
 * https://github.com/huggingface/transformers/blob/e75132c59cf6b616a277cb8f77877b9e411b11c9/tests/pipelines/test_pipelines_zero_shot_image_classification.py
 */
export const CAT_PROBABILITIES = [
  { text: "This is a photo of remote.", probability: 0.511 },
  { text: "This is a photo of cat.", probability: 0.485 },
  { text: "This is a photo of plane.", probability: 0.004 },
] as const;

/**
 * The first numbers of the vector of a text alone, as FastEmbed's tests expect them of `Qdrant/clip-ViT-B-32-text`, an ONNX
 * export of the same weights. Only their direction is compared, since the file does not say whether it is normalised.
 * https://github.com/qdrant/fastembed/blob/a21d1d9a3668eecca732fb1b2b3d8ae25b98a736/tests/test_text_onnx_embeddings.py
 */
export const HELLO = {
  text: "hello world",
  head: [0.0083, 0.0103, -0.0138, 0.0199, -0.0069],
} as const;

/** Token ids of CLIP's vocabulary (OpenAI, simple_tokenizer.py), as the example in transformers' documentation has them. */
export const CAT_TOKENS = {
  text: "a photo of a cat",
  ids: [49406, 320, 1125, 539, 320, 2368, 49407],
} as const;
