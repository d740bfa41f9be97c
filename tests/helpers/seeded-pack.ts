import type { PackSources } from "../../src/core/model/build-pack.ts";
import type { CanonicalModel } from "../../src/core/model/canonical.ts";
import { type ClipConfig, readClipConfig } from "../../src/core/model/clip-config.ts";
import { seededAdapter, seededModel } from "./seeded-clip.ts";

/** The shape of CLIP ViT-B/32: what transformers assumes for an empty config.json. */
export const CLIP_B32: ClipConfig = readClipConfig({});

/**
 * Times the seeded weights of q and k, as in make_seeded_goldens.py: as they are, attention is sharper than in a trained
 * tower, and twelve layers enlarge every rounding error.
 */
const SOFTENING = 0.75;

/** The model that the goldens were made from. */
function goldenModel(config: ClipConfig, seed: number): CanonicalModel {
  const model = seededModel(config, seed);
  return {
    ...model,
    async read(name, signal) {
      const values = await model.read(name, signal);
      return /\.[qk]_proj\.weight$/.test(name) ? values.map((value) => value * SOFTENING) : values;
    },
  };
}

/**
 * What a pack of the goldens' seeded weights is built from, with a seeded adapter and CLIP's own preprocessing.
 *
 * @param tokenizer parsed tokenizer.json and tokenizer_config.json
 */
export function seededSources(
  config: ClipConfig,
  seed: number,
  tokenizer: { readonly json: unknown; readonly config: unknown },
): PackSources {
  const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const preprocessing = {
    imageMean: [0.48145466, 0.4578275, 0.40821073],
    imageStd: [0.26862954, 0.26130258, 0.27577711],
  };
  return {
    model: goldenModel(config, seed),
    adapter: seededAdapter(config, seed),
    preprocessing,
    vocabulary: null,
    tokenizer: bytes(tokenizer.json),
    tokenizerConfig: bytes(tokenizer.config),
    preprocessor: bytes({
      size: { shortest_edge: config.vision.imageSize },
      crop_size: { height: config.vision.imageSize, width: config.vision.imageSize },
      image_mean: preprocessing.imageMean,
      image_std: preprocessing.imageStd,
    }),
  };
}
