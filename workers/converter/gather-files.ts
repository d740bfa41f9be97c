import type { AdapterSource, ModelSource } from "../../src/config/model-sources.ts";
import { AppError } from "../../src/core/errors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { MakeRequest, WeightsOrigin } from "../../src/core/protocol.ts";
import type { DownloadTools } from "./download-file.ts";
import { downloadFiles, storedName, type WantedFile } from "./download-files.ts";
import type { NamedBlobs } from "./open-sources.ts";

/** Names of an adapter's files begin so. */
const ADAPTER_FILE = /^adapter_/;

/** What a pack is to be made of. */
export interface GatheredFiles {
  readonly weights: NamedBlobs;
  readonly adapter: NamedBlobs | null;
  /** Names for people: of the model, and of what it is with the adapter. */
  readonly name: string;
  readonly adaptedName: string;
  /** What the store calls the files that were downloaded. */
  readonly downloads: readonly string[];
}

/** The public models and adapters that requests name. */
export interface ModelPlaces {
  readonly models: readonly ModelSource[];
  readonly adapters: readonly AdapterSource[];
}

/** The model with this id. @throws AppError `model-unknown` */
export function findModel({ models }: ModelPlaces, id: string): ModelSource {
  return find(models, id);
}

function find<T extends { readonly id: string }>(list: readonly T[], id: string): T {
  const found = list.find((source) => source.id === id);
  if (found === undefined) throw new AppError({ code: "model-unknown", id });
  return found;
}

/** The files of a model's part, as things to download. */
export function wantedOf(model: ModelSource, part: "vision" | "text"): readonly WantedFile[] {
  return model[part].map((file) => ({ place: model.place, file, alternatives: [] }));
}

function wantedOfAdapter({ place, files, alternatives }: AdapterSource): readonly WantedFile[] {
  return files.map((file) => ({ place, file, alternatives }));
}

/**
 * Brings together what a pack's vision part is made of: downloads what is public, as one download, and sorts what the
 * person gave.
 *
 * @throws AppError `model-unknown`, `own-files-incomplete`, and what `downloadFiles` throws
 */
export async function gatherFiles(
  { weights, adapter, mirror }: MakeRequest,
  places: ModelPlaces,
  tools: DownloadTools,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<GatheredFiles> {
  const model = weights.kind === "hub" ? findModel(places, weights.id) : null;
  const published = adapter?.kind === "hub" ? find(places.adapters, adapter.id) : null;
  const ofModel = model === null ? [] : wantedOf(model, "vision");
  const ofAdapter = published === null ? [] : wantedOfAdapter(published);
  const wanted = [...ofModel, ...ofAdapter];
  const downloaded = await downloadFiles(wanted, mirror, "weights", tools, report, signal);
  const own = [...ownFiles(weights), ...ownFiles(adapter)];
  const all: NamedBlobs = new Map([...own, ...downloaded]);
  const adapterFiles = pick(all, (name) => ADAPTER_FILE.test(name));
  const weightFiles = pick(all, (name) => !ADAPTER_FILE.test(name));
  if (weightFiles.size === 0) {
    throw new AppError({ code: "own-files-incomplete", missing: "weights and config.json" });
  }
  return {
    weights: weightFiles,
    adapter: adapterFiles.size === 0 ? null : adapterFiles,
    name: model?.name ?? nameOfOwn(weightFiles),
    adaptedName: published?.name ?? "with your adapter",
    downloads: wanted.map((file) => storedName(file, mirror)),
  };
}

function ownFiles(origin: WeightsOrigin | null): readonly (readonly [string, Blob])[] {
  return origin?.kind === "files" ? origin.files.map((file) => [file.name, file] as const) : [];
}

function pick(files: NamedBlobs, isWanted: (name: string) => boolean): NamedBlobs {
  return new Map([...files].filter(([name]) => isWanted(name)));
}

/** The largest file holds the weights; its name is what the person knows them by. */
function nameOfOwn(files: NamedBlobs): string {
  const [largest] = [...files].sort(([, left], [, right]) => right.size - left.size);
  return largest?.[0] ?? "Own model";
}
