import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { HubFile } from "../../src/config/model-sources.ts";
import { type Tower, towerOf } from "../../src/core/model/canonical.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import type { ModelPlaces } from "../../workers/converter/gather-files.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";
import { tensorsOf } from "./memory-store.ts";

const REPOSITORY = "owner/small-clip";
const ADAPTER_REPOSITORY = "spaces/owner/gallery";
const ADAPTER_FOLDER = "data/models/SmallAdapter/";
/** The demo encoder's weights are cut in two, as public exports are. */
const CUT = { "vision.safetensors": "vision", "text.safetensors": "text" } as const;
const VISION = ["config.json", "preprocessor_config.json", "vision.safetensors"];
const TEXT = ["tokenizer.json", "tokenizer_config.json", "text.safetensors"];
const ADAPTER = ["adapter_config.json", "adapter_model.safetensors"];

/** A hub that holds the demo encoder as a public model, and the configuration that names it. */
export interface SmallHub {
  readonly hub: FakeHub;
  readonly places: ModelPlaces;
}

/** A file of the demo encoder. */
export function demoFile(name: string): Uint8Array<ArrayBuffer> {
  if (name === "vision.safetensors" || name === "text.safetensors") return cutOut(CUT[name]);
  const folder = name.startsWith("adapter_") ? "adapter/" : "";
  const url = new URL(`../../data/demo-encoder/${folder}${name}`, import.meta.url);
  return new Uint8Array(readFileSync(fileURLToPath(url)));
}

/** The tensors of one tower, as a file of their own. */
function cutOut(tower: Tower): Uint8Array<ArrayBuffer> {
  const tensors = [...tensorsOf(demoFile("model.safetensors"))];
  const ofTower = tensors.filter(([name]) => name !== "logit_scale" && towerOf(name) === tower);
  return formatSafetensors(ofTower.map(([name, { shape, data }]) => ({ name, shape, data })));
}

/** Starts it. Weights are listed with their SHA-256, the rest with Git's hash, the adapter without any. */
export async function startSmallHub(): Promise<SmallHub> {
  const files = new Map<string, Uint8Array>();
  for (const name of [...VISION, ...TEXT]) files.set(`${REPOSITORY}/${name}`, demoFile(name));
  for (const name of ADAPTER) {
    files.set(`${ADAPTER_REPOSITORY}/${ADAPTER_FOLDER}${name}`, demoFile(name));
  }
  const hub = await startFakeHub(files);
  const place = { host: hub.url, repository: REPOSITORY, revision: "main" };
  const places: ModelPlaces = {
    models: [
      {
        id: "small",
        name: "Small CLIP",
        place,
        vision: VISION.map(describeFile),
        text: TEXT.map(describeFile),
        adapters: ["small-adapter"],
      },
    ],
    adapters: [
      {
        id: "small-adapter",
        name: "Small adapter",
        place: { ...place, repository: ADAPTER_REPOSITORY },
        alternatives: [],
        files: ADAPTER.map((name) => ({
          path: ADAPTER_FOLDER + name,
          bytes: demoFile(name).length,
          digest: null,
        })),
      },
    ],
  };
  return { hub, places };
}

function describeFile(path: string): HubFile {
  const content = demoFile(path);
  const isLarge = path.endsWith(".safetensors");
  const hash = isLarge
    ? createHash("sha256")
    : createHash("sha1").update(`blob ${content.length}\0`);
  const hex = hash.update(content).digest("hex");
  return {
    path,
    bytes: content.length,
    digest: { algorithm: isLarge ? "sha256" : "git-sha1", hex },
  };
}
