/**
 * The public places of models: the one file to edit when a model is added or moved. Sizes and hashes are those that the
 * hub publishes for the revision; a file without a hash is checked by what the hub says when it is asked.
 */

/** Hash of a file's content: SHA-256, or Git's blob SHA-1, which is what a hub publishes of files that Git itself holds. */
export interface FileDigest {
  readonly algorithm: "sha256" | "git-sha1";
  readonly hex: string;
}

/** One file of a repository. */
export interface HubFile {
  /** Path inside the repository; its last part is the file's name. */
  readonly path: string;
  /** Bytes, exact where a hash is given. */
  readonly bytes: number;
  readonly digest: FileDigest | null;
}

/** A repository at one revision: `<host>/<repository>/resolve/<revision>/<path>`. */
export interface HubPlace {
  /** Ends in "/". */
  readonly host: string;
  readonly repository: string;
  readonly revision: string;
}

/** Files with the places that have them, best first. */
export interface AdapterSource {
  readonly id: string;
  /** Name for people, of the model with the adapter. */
  readonly name: string;
  /** Base URLs, ending in "/", of other servers that hold the same files by their names alone. */
  readonly alternatives: readonly string[];
  readonly place: HubPlace;
  readonly files: readonly HubFile[];
}

/** A public model. */
export interface ModelSource {
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly place: HubPlace;
  /** What a picture needs. */
  readonly vision: readonly HubFile[];
  /** What a phrase needs besides. */
  readonly text: readonly HubFile[];
  /** Ids of the adapters that fit it. */
  readonly adapters: readonly string[];
}

const HUB = "https://huggingface.co/";

const sha256 = (hex: string): FileDigest => ({ algorithm: "sha256", hex });
const gitSha1 = (hex: string): FileDigest => ({ algorithm: "git-sha1", hex });

/** The models that the page offers, best first. */
export const MODEL_SOURCES: readonly ModelSource[] = [
  {
    id: "clip-vit-base-patch32",
    name: "CLIP ViT-B/32",
    place: {
      host: HUB,
      repository: "Xenova/clip-vit-base-patch32",
      revision: "d15189d7028b43f1d3e65039190477f6af591c2a",
    },
    vision: [
      {
        path: "config.json",
        bytes: 4524,
        digest: gitSha1("e79bad158b04c235740f9b2ec320b17f4030f7a5"),
      },
      {
        path: "preprocessor_config.json",
        bytes: 520,
        digest: gitSha1("e0675735fd0052745f2f7b7291e4aa7859389998"),
      },
      {
        path: "onnx/vision_model_fp16.onnx",
        bytes: 176_080_659,
        digest: sha256("35c4e0fb0aeee527dcde1693520b214a34424a786babd530f35366bad5844efd"),
      },
    ],
    text: [
      {
        path: "tokenizer.json",
        bytes: 2_224_119,
        digest: gitSha1("bc1f77d20440541dd073ebae6f6c401087c7d34e"),
      },
      {
        path: "tokenizer_config.json",
        bytes: 775,
        digest: gitSha1("c9b2a711cbdd039529fa5a66f1965e13eb14451d"),
      },
      {
        path: "onnx/text_model_fp16.onnx",
        bytes: 127_339_794,
        digest: sha256("df587ffbf248bf20d44fa6e16adc5ebc27ead691860e5333dbdaab5fd6bf3f6e"),
      },
    ],
    adapters: ["painting-clip"],
  },
];

/** The adapters that are published for those models. */
export const ADAPTER_SOURCES: readonly AdapterSource[] = [
  {
    id: "painting-clip",
    name: "PaintingCLIP",
    place: { host: HUB, repository: "spaces/samwaugh/ArteFact", revision: "main" },
    alternatives: [
      "https://raw.githubusercontent.com/sammwaughh/ArteFact/b49c3651162d1bf2e099117aee0d31de54148193/data/models/PaintingClip/",
    ],
    files: [
      {
        path: "data/models/PaintingClip/adapter_config.json",
        bytes: 898,
        digest: sha256("8b2d2a7fda4c2fda53ff25a45bf70a05aac1b2cf358c3f1485ab010cac275480"),
      },
      {
        path: "data/models/PaintingClip/adapter_model.safetensors",
        bytes: 147_944,
        digest: sha256("9c2e86adc1c701ae3c4eec14aa4a16261230771504b4276a2577b64ee5630a53"),
      },
    ],
  },
];
