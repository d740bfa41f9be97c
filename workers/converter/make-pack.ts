import { AppError } from "../../src/core/errors.ts";
import {
  composeManifest,
  type PackOptions,
  type PackSources,
  type TextPart,
  type VisionPart,
} from "../../src/core/model/build-pack.ts";
import { buildTextPart } from "../../src/core/model/build-text-part.ts";
import { buildVisionPart } from "../../src/core/model/build-vision-part.ts";
import {
  formatPackManifest,
  MANIFEST_FILE,
  type PackManifest,
  parsePackManifest,
} from "../../src/core/model/pack-manifest.ts";
import type { PackTools } from "../../src/core/model/pack-output.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { GatheredFiles } from "./gather-files.ts";
import { type NamedBlobs, openSources } from "./open-sources.ts";
import type { PackRecord } from "./pack-record.ts";
import { createStoredSink, putFile, type StoredSink } from "./pack-sink.ts";
import type { PieceStore } from "./piece-store.ts";

/** Files that a pack is made of are kept up to this size, because the text part needs configuration and adapter again. */
const MOST_ORIGINAL_BYTES = 4 * 1024 ** 2;
const STORAGE = "q8";

/** What a conversion works with. */
export interface Packing {
  readonly store: PieceStore;
  readonly tools: PackTools;
}

/**
 * Converts weights into a pack in the store: the vision part, and the text part where the same files hold it.
 *
 * @param origin what the record says of where the weights came from
 * @throws AppError `weights-invalid`, `session-failed`; an AbortError after `signal`
 */
export async function makePack(
  gathered: GatheredFiles,
  origin: Pick<PackRecord, "origin" | "requestKey">,
  { store, tools }: Packing,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<PackRecord> {
  const sources = await openSources(gathered.weights, gathered.adapter, signal);
  const options: PackOptions = {
    storage: STORAGE,
    name: gathered.name,
    baseName: gathered.name,
    adaptedName: gathered.adaptedName,
  };
  const sink = createStoredSink(store, signal);
  const vision = await buildVisionPart(sources, options, tools, sink, report, signal);
  const text = hasText(sources)
    ? await buildTextPart(sources, options, tools, sink, report, signal)
    : null;
  const manifest = await writeManifest(sink, vision, text);
  const originals = createStoredSink(store, signal);
  // Of files of the person's own no text part can be made later.
  const kept = origin.origin === null ? [] : [...gathered.weights, ...(gathered.adapter ?? [])];
  for (const [name, blob] of kept) {
    if (blob.size <= MOST_ORIGINAL_BYTES) await putFile(originals, name, blob);
  }
  return {
    ...origin,
    ...describePack(manifest),
    files: Object.fromEntries(sink.files),
    originals: Object.fromEntries(originals.files),
  };
}

/**
 * Makes the text part of a pack that has none.
 *
 * @param texts the text tower and its tokenizer
 * @param originals what the record's `originals` hold
 * @returns the record of the pack with both parts
 */
export async function makeTextPart(
  record: PackRecord,
  files: Readonly<Record<string, Blob>>,
  originals: NamedBlobs,
  texts: NamedBlobs,
  { store, tools }: Packing,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<PackRecord> {
  const isAdapter = (name: string): boolean => name.startsWith("adapter_");
  const adapter = new Map([...originals].filter(([name]) => isAdapter(name)));
  const weights = new Map([...[...originals].filter(([name]) => !isAdapter(name)), ...texts]);
  const sources = await openSources(weights, adapter.size === 0 ? null : adapter, signal);
  if (!hasText(sources)) {
    throw new AppError({ code: "own-files-incomplete", missing: "the tower for texts" });
  }
  const former = await readManifest(files);
  const options: PackOptions = {
    storage: former.storage,
    name: former.name,
    baseName: former.variants.base,
    adaptedName: former.variants.adapted ?? "",
  };
  const sink = createStoredSink(store, signal);
  const text = await buildTextPart(sources, options, tools, sink, report, signal);
  const vision = { ...visionPartOf(former), vocabulary: sources.vocabulary };
  const manifest = await writeManifest(sink, vision, text);
  return {
    ...record,
    ...describePack(manifest),
    files: { ...record.files, ...Object.fromEntries(sink.files) },
  };
}

function hasText({ model, tokenizer, tokenizerConfig }: PackSources): boolean {
  return model.towers.includes("text") && tokenizer !== null && tokenizerConfig !== null;
}

async function writeManifest(
  sink: StoredSink,
  vision: VisionPart,
  text: TextPart | null,
): Promise<PackManifest> {
  const manifest = composeManifest(vision, text);
  await putFile(sink, MANIFEST_FILE, new Blob([formatPackManifest(manifest)]));
  return manifest;
}

async function readManifest(files: Readonly<Record<string, Blob>>): Promise<PackManifest> {
  const blob = files[MANIFEST_FILE] ?? new Blob([]);
  try {
    return parsePackManifest(JSON.parse(await blob.text()));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    const detail = { code: "pack-corrupt", file: MANIFEST_FILE, why: "not JSON" } as const;
    throw new AppError(detail, { cause });
  }
}

function describePack(
  manifest: PackManifest,
): Pick<
  PackRecord,
  "packId" | "name" | "variants" | "fingerprint" | "bytes" | "hasText" | "hasAdapter"
> {
  const { packId, name, variants, fingerprint, files, text, adapter } = manifest;
  return {
    packId,
    name,
    variants,
    fingerprint,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    hasText: text !== null,
    hasAdapter: adapter !== null,
  };
}

/** What `buildVisionPart` gave when the pack was made. */
function visionPartOf(manifest: PackManifest): VisionPart {
  const { name, variants, storage, fingerprint, adapter, vocabulary, knownAnswer } = manifest;
  const { dim, width, heads, layers, imageSize, patchSize, grid, imageMean, imageStd } = manifest;
  return {
    name,
    variants,
    storage,
    fingerprint,
    adapter,
    vocabulary,
    knownAnswer,
    shape: { dim, width, heads, layers, imageSize, patchSize, grid, imageMean, imageStd },
    files: manifest.files.filter(({ part }) => part === "vision"),
  };
}
