import type { PackOptions, PackSources } from "../../src/core/model/build-pack.ts";
import {
  type CanonicalModel,
  canonicalModel,
  canonicalShapes,
} from "../../src/core/model/canonical.ts";
import { readClipConfig } from "../../src/core/model/clip-config.ts";
import type { LoraAdapter, LowRankUpdate } from "../../src/core/model/lora.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { memoryStore, tensorsOf } from "./memory-store.ts";

/** Words that the random model's tokenizer knows. */
const RANDOM_CLIP_WORDS = ["a", "red", "blue", "boat", "house", "sea", "left", "right"];
const START = RANDOM_CLIP_WORDS.length + 1;
const END = START + 1;

/** config.json of a CLIP small enough to build in milliseconds: 32 px, 4 × 4 patches, 3 + 2 layers, dim 24. */
export const RANDOM_CLIP_CONFIG = {
  projection_dim: 24,
  vision_config: {
    hidden_size: 32,
    intermediate_size: 64,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    image_size: 32,
    patch_size: 8,
  },
  text_config: {
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    vocab_size: END + 1,
    max_position_embeddings: 12,
    eos_token_id: END,
  },
};

/** How the tests build packs where nothing hangs on it. */
export const RANDOM_PACK_OPTIONS: PackOptions = {
  storage: "f32",
  name: "Random",
  baseName: "Base",
  adaptedName: "Adapted",
};

/** Numbers in (−1, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** `length` random numbers in (−scale, scale). */
export function randomFloats(
  length: number,
  scale: number,
  next: () => number,
): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, () => scale * next());
}

/** Random tensors of the shape of {@link RANDOM_CLIP_CONFIG}, as a safetensors file. */
export function randomClipWeights(seed: number): Uint8Array<ArrayBuffer> {
  const next = randomNumbers(seed);
  const shapes = [...canonicalShapes(readClipConfig(RANDOM_CLIP_CONFIG))];
  return formatSafetensors(
    shapes.map(([name, shape]) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const isGain = /norm\d?\.weight$/.test(name);
      const inputs = length / (shape[0] ?? 1);
      const scale = shape.length < 2 ? 0.3 : 2.2 / Math.sqrt(inputs);
      const data = randomFloats(length, scale, next);
      return { name, shape, data: isGain ? data.map((value) => 1 + value) : data };
    }),
  );
}

/** The random model, canonical. */
export function randomClip(seed: number): CanonicalModel {
  const store = memoryStore(tensorsOf(randomClipWeights(seed)));
  return canonicalModel(readClipConfig(RANDOM_CLIP_CONFIG), store);
}

/** A random adapter of both projections, rank 3, scale 2. */
export function randomAdapter(seed: number): LoraAdapter {
  const next = randomNumbers(seed);
  const { projection_dim, vision_config, text_config } = RANDOM_CLIP_CONFIG;
  const rank = 3;
  const update = (inputs: number): LowRankUpdate => ({
    up: randomFloats(projection_dim * rank, 0.3, next),
    down: randomFloats(rank * inputs, 0.3, next),
    rank,
    scale: 2,
  });
  return new Map([
    ["visual_projection", update(vision_config.hidden_size)],
    ["text_projection", update(text_config.hidden_size)],
  ]);
}

/** tokenizer.json of a tokenizer that splits at spaces and frames a text with its start and end token. */
function tokenizerJson(): unknown {
  const vocabulary = ["<unk>", ...RANDOM_CLIP_WORDS, "<start>", "<end>"];
  const special = (id: number) => ({
    id,
    content: vocabulary[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const template = (content: string, id: number) => [
    content,
    { id: content, ids: [id], tokens: [content] },
  ];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [special(0), special(START), special(END)],
    normalizer: { type: "Lowercase" },
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: "<start>", type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: "<end>", type_id: 0 } },
      ],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: Object.fromEntries([template("<start>", START), template("<end>", END)]),
    },
    decoder: null,
    model: {
      type: "WordLevel",
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
      unk_token: "<unk>",
    },
  };
}

/** Everything that a pack of the random model is built from; nothing is read from a disk. */
export function randomClipSources(seed: number): PackSources {
  const bytes = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));
  const preprocessing = { imageMean: [0.48, 0.46, 0.41], imageStd: [0.27, 0.26, 0.28] };
  return {
    model: randomClip(seed),
    adapter: randomAdapter(seed + 1),
    preprocessing,
    vocabulary: RANDOM_CLIP_WORDS,
    tokenizer: bytes(tokenizerJson()),
    tokenizerConfig: bytes({
      tokenizer_class: "PreTrainedTokenizerFast",
      bos_token: "<start>",
      eos_token: "<end>",
      pad_token: "<end>",
      unk_token: "<unk>",
    }),
    preprocessor: bytes({
      size: { shortest_edge: 32 },
      crop_size: { height: 32, width: 32 },
      image_mean: preprocessing.imageMean,
      image_std: preprocessing.imageStd,
    }),
  };
}
