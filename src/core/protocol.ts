import type { CslItem } from "./citation/csl.ts";
import type { Proof } from "./edition/manifest-proof.ts";
import type { WorkImage } from "./edition/works-file.ts";
import type { Catalogue } from "./facets/catalogue.ts";
import type { ProgressStep, ReportProgress } from "./progress.ts";
import type { WorkText } from "./source/work-text.ts";
import type { EncodeOptions, Rect, View } from "./view/view.ts";

/**
 * The only types that cross a worker boundary.
 *
 * Every long call carries a `CallId` chosen by the caller; `cancel(id)` makes it reject with an AbortError at the next
 * safe point. `report` and `onAnswer` arrive through `comlink.proxy`.
 */
export type CallId = string;

/** Which projections embed: the encoder's own, or those with the LoRA adapter folded in (CLIP and PaintingCLIP). */
export type ModelVariant = "base" | "adapted";

/** Which map explains a sentence; see src/core/explain/. */
export type MapMethod = "grad-eclip" | "gradient" | "value-path";

/** Where the arithmetic runs. */
export type Provider = "webgpu" | "wasm";

/** Which build of the inference runtime was loaded: for the processor only, or one of the two that can use a GPU. */
export type RuntimeBuild = "plain" | "asyncify" | "jspi";

/** Whether a download is there at the next visit: kept, or not for want of room, or because nothing may be stored. */
export type StorageState = "kept" | "full" | "unavailable";

/** Where a model pack lies: on a server (base URL ending in "/"), or in files that this browser holds, by their names. */
export type PackSource =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "files"; readonly files: Readonly<Record<string, Blob>> };

export interface OpenModelRequest {
  readonly pack: PackSource;
  /** Providers to try, best first; the next one is tried where one is missing, fails or gives wrong numbers. */
  readonly providers: readonly Provider[];
  /**
   * Whether a software WebGPU adapter counts as a GPU. It is 50 to 100 times slower than WASM, so that only tests of the
   * WebGPU path want it.
   */
  readonly allowSoftwareAdapter: boolean;
  /** A careful start after a crash: on the processor, with one thread and the least memory. */
  readonly safeMode: boolean;
}

export interface EncoderInfo {
  readonly packId: string;
  /** Name for people, such as "Demo encoder" or "CLIP ViT-B/32". */
  readonly name: string;
  /** Names of the variants for people; `adapted` is null where the pack has no adapter. */
  readonly variants: { readonly base: string; readonly adapted: string | null };
  /** Hash of the canonical weights; an edition is valid for one fingerprint only. */
  readonly fingerprint: string;
  readonly provider: Provider;
  /** A GPU that failed its self-test leaves a GPU build that computes on the processor. */
  readonly runtime: RuntimeBuild;
  /** Whether this browser kept the pack. */
  readonly storage: StorageState;
  /** Length of an embedding. */
  readonly dim: number;
  /** Cells along one side of the patch grid (7). */
  readonly grid: number;
  /** Whether the pack holds the text tower; one made on this device may get it later. */
  readonly hasText: boolean;
  readonly hasAdapter: boolean;
  /** Hash of the adapter's factors, or null without an adapter. */
  readonly adapterFingerprint: string | null;
  /** The words that the text tower was trained on, where that list is closed; null for CLIP. */
  readonly vocabulary: readonly string[] | null;
}

export interface EncodedPicture {
  readonly pictureId: string;
  /** Size in source pixels, after the EXIF orientation was applied. */
  readonly width: number;
  readonly height: number;
  /** What the encoder was asked for. */
  readonly options: EncodeOptions;
  /** What the model saw of the picture. */
  readonly view: View;
  /** Unit vector [dim] of what the model saw, by variant (adapted = base where there is no adapter). */
  readonly whole: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  /** Unit vectors [rows × columns × dim] of the view's cells, row-major from the upper left, by variant. */
  readonly patches: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
  /** How long each step took, in milliseconds. */
  readonly timings: Partial<Record<ProgressStep, number>>;
}

export interface EncodeRegionRequest {
  readonly pictureId: string;
  /** The part that is asked for, in source pixels. */
  readonly rect: Rect;
}

/** A part of a picture that was cut out and embedded on its own. */
export interface EncodedRegion {
  readonly regionId: string;
  readonly rect: Rect;
  /** What the model saw for it: the square around `rect`, in the picture's own pixels. */
  readonly view: View;
  /** Unit vector [dim], by variant. */
  readonly whole: Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>>;
}

export interface ExplainRequest {
  readonly pictureId: string;
  /** Explain this part of the picture, by its own pass of the tower; null for the picture. */
  readonly regionId: string | null;
  readonly variant: ModelVariant;
  readonly method: MapMethod;
  /** Unit text vectors [count × dim] under `variant`. */
  readonly texts: Float32Array<ArrayBuffer>;
}

/** Unit vectors [count × dim] of texts by variant (adapted = base where there is no adapter). */
export interface EmbeddedTexts extends Readonly<Record<ModelVariant, Float32Array<ArrayBuffer>>> {
  /** By text: true where it was longer than the text tower reads, so that only its beginning is in the vector. */
  readonly isCut: readonly boolean[];
}

export interface EncoderApi {
  /** Downloads, verifies and starts a model pack. A second call with the same request answers from memory. */
  open(id: CallId, request: OpenModelRequest, report: ReportProgress): Promise<EncoderInfo>;
  /** Decodes and embeds a picture; keeps its explanation state until the next picture. */
  encodePicture(
    id: CallId,
    picture: Blob,
    options: EncodeOptions,
    report: ReportProgress,
  ): Promise<EncodedPicture>;
  /** Embeds a part of the picture encoded last, at that picture's fineness; keeps the last few explanation states. */
  encodeRegion(id: CallId, request: EncodeRegionRequest): Promise<EncodedRegion>;
  /** Maps [count × rows × columns of the view], one per text, not normalised; 0 where the text has no evidence. */
  explain(id: CallId, request: ExplainRequest): Promise<Float32Array<ArrayBuffer>>;
  /** Embeds phrases. The text tower is loaded on first use, and given back when no phrase came for a while. */
  embedTexts(id: CallId, texts: readonly string[], report: ReportProgress): Promise<EmbeddedTexts>;
  /**
   * Gives the open "files" pack its text part: the text files and the manifest that names them.
   *
   * @throws AppError `pack-corrupt` for the files of another pack
   */
  addText(id: CallId, files: Readonly<Record<string, Blob>>): Promise<void>;
  cancel(id: CallId): void;
}

/** Where weights or an adapter come from: a public place named in the configuration, or files of the person's own. */
export type WeightsOrigin =
  | { readonly kind: "hub"; readonly id: string }
  | { readonly kind: "files"; readonly files: readonly File[] };

export interface MakeRequest {
  readonly weights: WeightsOrigin;
  readonly adapter: WeightsOrigin | null;
  /** Base URL, ending in "/", that stands in for the hub's; null for the hub itself. */
  readonly mirror: string | null;
}

/** A model pack that was made on this device. */
export interface MadePack {
  readonly packId: string;
  /** Name for people. */
  readonly name: string;
  readonly variants: { readonly base: string; readonly adapted: string | null };
  readonly fingerprint: string;
  /** Bytes of all its files. */
  readonly bytes: number;
  readonly hasText: boolean;
  readonly hasAdapter: boolean;
  /** Whether it is there at the next visit. */
  readonly storage: StorageState;
}

/** Makes model packs out of public or own weights, and keeps them. The only worker that talks to other hosts. */
export interface ConverterApi {
  /** The packs that were made here. */
  list(id: CallId): Promise<readonly MadePack[]>;
  /**
   * Downloads, verifies and converts; goes on where an earlier call was broken off. Answers at once for a pack that was
   * made before of the same public places.
   */
  make(id: CallId, request: MakeRequest, report: ReportProgress): Promise<MadePack>;
  /** Gives a made pack its text part. Answers at once where it has one. */
  makeText(id: CallId, packId: string, report: ReportProgress): Promise<MadePack>;
  /** The files of a made pack by name, the manifest among them. The Blobs are handles to storage, not copies. */
  files(id: CallId, packId: string): Promise<Readonly<Record<string, Blob>>>;
  /** Deletes a pack. */
  remove(id: CallId, packId: string): Promise<void>;
  /** Deletes what is left of downloads that were broken off; does nothing while a pack is being made. */
  discard(id: CallId): Promise<void>;
  cancel(id: CallId): void;
}

export interface EditionInfo {
  readonly editionId: string;
  readonly name: string;
  readonly sentences: number;
  readonly works: number;
  /** Fingerprint of the model whose text vectors the edition holds. */
  readonly fingerprint: string;
  /** That of the adapter whose text vectors it gives too, or null. */
  readonly adapterFingerprint: string | null;
  readonly dim: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** How many sentences of each kind besides good prose it has, by the names in src/core/quality; null where that was not told when it was built. */
  readonly quality?: Readonly<Record<string, number>> | null;
  /** How near pictures, parts of them and phrases come to its sentences; none where that was not measured. */
  readonly reach?: readonly Reach[];
  /** What was measured when the edition was built; absent where nothing was. */
  readonly proof?: Proof;
}

/** What was measured of queries of one kind when an edition was built. */
interface Reach {
  readonly kind: "images" | "patches" | "texts" | "synthetic";
  readonly variant: ModelVariant;
  /** Score with the closest sentence that 19 of 20 of them reach. */
  readonly score: number;
}

/**
 * What a score compares: a picture with a sentence, a phrase with a sentence, or a mixture of both with one. Scores of two
 * scales are numbers of different kinds: they never stand in one list.
 */
export type Scale = "picture" | "text" | "mixed";

/** The model whose vectors of an edition's sentences stand in for those that the edition came with. */
export interface AdoptedModel {
  readonly fingerprint: string;
  /** Null where the model has no adapter: its variants are one then. */
  readonly adapterFingerprint: string | null;
  readonly dim: number;
}

/** Vectors of the sentences `firstRow`, `firstRow + 1` … of the open edition. */
export interface AdoptRequest extends AdoptedModel {
  readonly firstRow: number;
  /** Unit vectors [count × dim] by variant; none to ask how many are kept. */
  readonly base: Float32Array<ArrayBuffer>;
  readonly adapted: Float32Array<ArrayBuffer>;
}

export interface SearchRequest {
  /** Unit vector [dim] under `variant`: of a picture, a part of one, or a phrase. */
  readonly query: Float32Array<ArrayBuffer>;
  /** A phrase [dim] that is added to the picture's query or taken from it; see src/core/search/mix-query.ts. */
  readonly phrase?: { readonly vector: Float32Array<ArrayBuffer>; readonly isAdded: boolean };
  readonly variant: ModelVariant;
  /** What `query` stands for; a picture where nothing is said. */
  readonly scale?: Scale;
  /** Searches the vectors that were adopted for this model; the edition's own where nothing is said. */
  readonly adopted?: AdoptedModel;
  /** One byte per work of the edition, 0 where its sentences are left out; all works where nothing is said. */
  readonly works?: Uint8Array<ArrayBuffer>;
  /** Bits of src/core/quality: sentences that carry any of them are left out before ranking; all of them where nothing is said. */
  readonly hiddenFlags?: number;
  /**
   * Share of the corpus, above 0 and up to 1, that is to be searched even where it has to be downloaded first; a small one where
   * nothing is said. What is on this device, or is little, is searched in any case.
   */
  readonly share?: number;
  /** True where the person's connection is to be spared: a tenth is fetched of what a search fetches unasked otherwise. */
  readonly savesData?: boolean;
  /** How many sentences are wanted, up to 1,000. */
  readonly count: number;
}

/** The bibliographic line of a work. */
export interface WorkSummary {
  readonly workId: string;
  readonly author: string;
  readonly year: string;
  readonly title: string;
  /** Absolute https URL of the DOI or the work, or null. */
  readonly link: string | null;
  /** True for notes written by this project for its sample corpus. */
  readonly isProjectNote: boolean;
  /** The whole record, for citations. */
  readonly citation: CslItem;
}

export interface FoundSentence {
  /** Row of the sentence in the edition. */
  readonly row: number;
  readonly sentenceId: string;
  readonly text: string;
  readonly work: WorkSummary;
  /** 1 for the closest. */
  readonly rank: number;
  /** Cosine under the variant, on the answer's scale; a detail, never a percentage. */
  readonly score: number;
  /** True when `score` comes from the exact row and not from its code. */
  readonly isExact: boolean;
  /** Bits of src/core/quality that the sentence carries; 0 for good prose, absent where the edition has none. */
  readonly flags?: number;
  /** How many near-duplicates it stands for; absent where that is not known. */
  readonly similar?: number;
}

export interface SearchAnswer {
  /** What all the scores of this answer compare. */
  readonly scale: Scale;
  readonly found: readonly FoundSentence[];
  /** Unit text vectors [found.length × dim] under the variant asked for, for `explain`. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** What was searched with where a phrase was mixed in, so that other sentences can be searched on the same scale. */
  readonly query?: Float32Array<ArrayBuffer>;
  /** Rows scored so far and in all. */
  readonly scanned: number;
  readonly total: number;
  /** False where the rest is neither on this device nor was asked for: a larger `share` searches further. */
  readonly isComplete: boolean;
  readonly timings: Partial<Record<ProgressStep, number>>;
}

/** A work by itself. */
export interface WorkDetail {
  readonly work: WorkSummary;
  /** Its place among the edition's works, as masks count them. */
  readonly index: number;
  /** Sentences that it has in the edition. */
  readonly sentences: number;
  /** Names for people. */
  readonly topics: readonly string[];
  readonly creators: readonly string[];
  /** Pictures of its pages in page order; none where the edition does not say where they are. */
  readonly images: readonly WorkImage[];
}

/** The text of a work. */
export interface WorkSource {
  readonly text: WorkText;
  /** Row of its first sentence; span i belongs to row `firstRow + i`. */
  readonly firstRow: number;
  /** Its pictures, which stand in the text by their file names; none where the edition does not say where they are. */
  readonly images: readonly WorkImage[];
}

/** The text of the work that a sentence stands in. */
export interface SentenceSource extends WorkSource {
  /** Which of the text's spans is the sentence. */
  readonly sentence: number;
}

/** What of the open edition this browser keeps, so that it can be searched without a connection. */
export interface KeptState {
  /** Where a download is kept: in the browser's own file system or its database; "none" where it keeps nothing for the page. */
  readonly storage: "opfs" | "indexeddb" | "none";
  /** Whether what a search fetches is kept for the next one. */
  readonly cache: StorageState;
  /** Bytes that were downloaded for use offline, and those of everything that a search needs. */
  readonly bytes: number;
  readonly total: number;
}

export interface SearchApi {
  /** Opens an edition: manifest, router, works. `editionUrl` ends in "/". */
  open(id: CallId, editionUrl: string, report: ReportProgress): Promise<EditionInfo>;
  /**
   * Searches in waves, closest clusters first; `onAnswer` gets the answer of every wave but the last, which is the
   * result. Ends when every row was scored, or as much of the corpus as was asked for.
   */
  search(
    id: CallId,
    request: SearchRequest,
    onAnswer: (answer: SearchAnswer) => void,
    report: ReportProgress,
  ): Promise<SearchAnswer>;
  /**
   * Scores what is in memory for many requests at once, which differ in their queries alone: those of the parts of a picture. A search
   * for one of them then begins with its answer. Takes the place of what was prepared before.
   */
  prepare(id: CallId, requests: readonly SearchRequest[]): Promise<void>;
  /**
   * The sentences of the open edition in row order, to be embedded by another model on this device.
   *
   * @throws AppError `invalid-argument` for an edition that is too large for that
   */
  sentences(id: CallId): Promise<readonly string[]>;
  /**
   * Takes vectors of the open edition's sentences under another model, batch after batch from the first row, and keeps them
   * for the next visit. Gives the number of rows that are kept: what an earlier visit embedded is not embedded again.
   *
   * @throws AppError `invalid-argument` for a batch that does not follow or does not fit
   */
  adoptVectors(id: CallId, request: AdoptRequest): Promise<number>;
  /** What the works of the open edition can be filtered by. */
  catalogue(id: CallId): Promise<Catalogue>;
  /** What is kept of the open edition. */
  kept(id: CallId): Promise<KeptState>;
  /**
   * Downloads all of the open edition that a search needs, and keeps it; goes on where an earlier download ended. Progress is a
   * download of "edition".
   *
   * @throws AppError `storage-full`, `storage-failed`, `download-elsewhere`
   */
  download(id: CallId, report: ReportProgress): Promise<KeptState>;
  /** Deletes what was downloaded. */
  removeKept(id: CallId): Promise<KeptState>;
  /** The text around a sentence of the open edition; null where the corpus has no text of its work. */
  source(id: CallId, row: number): Promise<SentenceSource | null>;
  /** A work of the open edition by its id; null where the edition has none of that name. */
  work(id: CallId, workId: string): Promise<WorkDetail | null>;
  /** The text of a work; null where the corpus has none. */
  workText(id: CallId, workId: string): Promise<WorkSource | null>;
  /**
   * A picture of a work, by its file's name in {@link WorkDetail}. Its bytes are those that the edition names.
   *
   * @throws AppError `edition-corrupt` for other bytes, `network`, `http-status`
   */
  workImage(id: CallId, workId: string, file: string): Promise<Blob>;
  cancel(id: CallId): void;
}
