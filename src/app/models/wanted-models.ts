import {
  ADAPTER_SOURCES,
  type HubFile,
  MODEL_SOURCES,
  type ModelSource,
} from "../../config/model-sources.ts";
import type { WeightsOrigin } from "../../core/protocol.ts";
import type { Wanted } from "./create-model-shelf.ts";
import { type OwnFiles, sortOwnFiles } from "./own-files.ts";

/**
 * Bytes that are kept for a byte of half precision that is downloaded: 8-bit weights with a 16-bit scale for every 32 of them,
 * and the last layer in half precision as it came (101 of 176 MB for ViT-B/32).
 */
const KEPT_SHARE = 0.58;

/** A published model as the shelf offers it. */
export interface PublishedModel {
  readonly wanted: Wanted;
  /** What one gets, in a sentence. */
  readonly description: string;
  /** Names of the servers that are asked. */
  readonly hosts: readonly string[];
  /** Bytes that are downloaded before the first picture, and for the first phrase besides. */
  readonly visionBytes: number;
  readonly textBytes: number;
  /** About how many bytes stay on the device for pictures. */
  readonly keptBytes: number;
}

/**
 * The published models, each with the adapters that fit it and, last, as it is.
 *
 * @param mirror base URL that stands in for the hubs, or null
 * @param ownAdapter files of an adapter of the person's own, in place of the published one; empty for none
 */
export function publishedModels(
  mirror: string | null,
  ownAdapter: readonly File[],
): readonly PublishedModel[] {
  return MODEL_SOURCES.flatMap((source) => {
    if (ownAdapter.length > 0) {
      const adapter: WeightsOrigin = { kind: "files", files: ownAdapter };
      const description = `${source.name} as published, and with the adapter that you gave: both in one.`;
      return [offer(source, description, "own-adapter", "your adapter", adapter, 0, [], mirror)];
    }
    const adapted = ADAPTER_SOURCES.filter(({ id }) => source.adapters.includes(id)).map(
      ({ id, name, files, place }) => {
        const description = `${source.name} as published, and ${name}, its version for paintings: both in one.`;
        const adapter: WeightsOrigin = { kind: "hub", id };
        return offer(source, description, id, name, adapter, sum(files), [place.host], mirror);
      },
    );
    const description =
      adapted.length === 0
        ? "As published."
        : `${source.name} alone, for when its adapter cannot be had.`;
    return [...adapted, offer(source, description, "", "", null, 0, [], mirror)];
  });
}

function offer(
  source: ModelSource,
  description: string,
  adapterId: string,
  adapterName: string,
  adapter: WeightsOrigin | null,
  adapterBytes: number,
  adapterHosts: readonly string[],
  mirror: string | null,
): PublishedModel {
  const hosts = mirror === null ? [source.place.host, ...adapterHosts] : [mirror];
  const visionBytes = sum(source.vision);
  return {
    description,
    wanted: {
      id: adapterId === "" ? source.id : `${source.id}+${adapterId}`,
      name: adapterName === "" ? source.name : `${source.name} with ${adapterName}`,
      request: { weights: { kind: "hub", id: source.id }, adapter, mirror },
    },
    hosts: [...new Set(hosts.map((host) => new URL(host).host))],
    visionBytes: visionBytes + adapterBytes,
    textBytes: sum(source.text),
    keptBytes: Math.round(visionBytes * KEPT_SHARE) + adapterBytes,
  };
}

function sum(files: readonly HubFile[]): number {
  return files.reduce((total, { bytes }) => total + bytes, 0);
}

/** What a person's own files can be made into: a model, only an adapter for a published one, or nothing. */
export type OwnWish =
  | { readonly kind: "model"; readonly wanted: Wanted }
  | { readonly kind: "adapter"; readonly files: readonly File[] }
  | { readonly kind: "nothing" };

/** Sorts out what was given. */
export function ownWish(files: readonly File[]): OwnWish {
  const { weights, adapter }: OwnFiles = sortOwnFiles(files);
  if (weights.length === 0) {
    return adapter.length === 0 ? { kind: "nothing" } : { kind: "adapter", files: adapter };
  }
  const largest = weights.reduce((left, right) => (right.size > left.size ? right : left));
  return {
    kind: "model",
    wanted: {
      id: "own-files",
      name: largest.name,
      request: {
        weights: { kind: "files", files: weights },
        adapter: adapter.length === 0 ? null : { kind: "files", files: adapter },
        mirror: null,
      },
    },
  };
}
