import { DEMO_CHOICE, type ModelChoice } from "../../../src/app/models/model-choice.ts";
import type { SentenceMaps } from "../../../src/app/session/sentence-maps.ts";
import type { SessionServices } from "../../../src/app/session/session-services.ts";
import type { Asked, Picture } from "../../../src/app/session/session-state.ts";
import type { AppErrorDetail } from "../../../src/core/errors.ts";
import { abortError } from "../../../src/core/errors.ts";
import type { Catalogue } from "../../../src/core/facets/catalogue.ts";
import { NO_FILTER } from "../../../src/core/facets/filter.ts";
import type {
  EditionInfo,
  EncodedPicture,
  EncodedRegion,
  EncoderInfo,
  FoundSentence,
  KeptState,
  OpenModelRequest,
  SearchAnswer,
  SearchRequest,
} from "../../../src/core/protocol.ts";
import { FIRST_LISTING } from "../../../src/core/results/listing.ts";
import { planRegion, planView } from "../../../src/core/view/plan-view.ts";
import { CENTRE_VIEW, type EncodeOptions, type Rect } from "../../../src/core/view/view.ts";

export const DIM = 4;
export const GRID = 7;
const SHAPE = { imageSize: 224, grid: GRID };

export const encoderInfo: EncoderInfo = {
  packId: "demo",
  name: "Demo encoder",
  variants: { base: "Base", adapted: "Adapted" },
  fingerprint: "f1",
  provider: "wasm",
  runtime: "plain",
  storage: "kept",
  dim: DIM,
  grid: GRID,
  hasText: true,
  hasAdapter: true,
  adapterFingerprint: "a",
  vocabulary: null,
};

export const editionInfo: EditionInfo = {
  editionId: "sample",
  name: "Sample notes",
  sentences: 600,
  works: 20,
  fingerprint: "f1",
  adapterFingerprint: "a",
  dim: DIM,
  bytes: 1000,
};

/** Two works: the first of light, the second of form. */
const catalogue: Catalogue = {
  topics: [
    { id: "T1", name: "Light", aliases: [] },
    { id: "T2", name: "Form", aliases: [] },
  ],
  creators: [],
  works: [
    { topics: [0], creators: [], year: 1990, sentences: 300 },
    { topics: [1], creators: [], year: 2000, sentences: 300 },
  ],
};

const keptState: KeptState = { storage: "opfs", cache: "kept", bytes: 0, total: 1000 };

export function picture(name: string): Picture {
  return { name, alt: name, blob: new Blob([name]), url: `blob:${name}`, isSample: false };
}

/** An encoded picture whose vectors tell which part they stand for: component 0 is the variant, component 1 the patch. */
export function encoded(pictureId: string, options: EncodeOptions = CENTRE_VIEW): EncodedPicture {
  const { view } = planView(300, 200, options, SHAPE);
  const cells = view.rows * view.columns;
  const patches = (mark: number) => {
    const vectors = new Float32Array(cells * DIM);
    for (let patch = 0; patch < cells; patch += 1) {
      vectors[patch * DIM] = mark;
      vectors[patch * DIM + 1] = patch;
    }
    return vectors;
  };
  return {
    pictureId,
    width: 300,
    height: 200,
    options,
    view,
    whole: { base: new Float32Array([1, -1, 0, 0]), adapted: new Float32Array([2, -1, 0, 0]) },
    patches: { base: patches(1), adapted: patches(2) },
    timings: {},
  };
}

/** Vectors of texts that stand apart from those of pictures: component 2 is the variant. */
function textVectors(count: number, mark: number): Float32Array<ArrayBuffer> {
  const vectors = new Float32Array(count * DIM);
  for (let text = 0; text < count; text += 1) vectors[text * DIM + 2] = mark;
  return vectors;
}

/** A region embedded on its own: component 1 is 100, which no patch has. */
export function encodedRegion(regionId: string, rect: Rect): EncodedRegion {
  return {
    regionId,
    rect,
    view: planRegion(300, 200, rect, 1, SHAPE).view,
    whole: { base: new Float32Array([1, 100, 0, 0]), adapted: new Float32Array([2, 100, 0, 0]) },
  };
}

function sentence(row: number, rank: number): FoundSentence {
  return {
    row,
    sentenceId: `s${row}`,
    text: `Sentence ${row}.`,
    work: {
      workId: "w1",
      author: "A. Author",
      year: "1999",
      title: "Title",
      link: null,
      isProjectNote: true,
      citation: { id: "w1", type: "document", title: "Title" },
    },
    rank,
    score: 1 / rank,
    isExact: true,
  };
}

export function answer(...rows: number[]): SearchAnswer {
  return {
    scale: "picture",
    found: rows.map((row, index) => sentence(row, index + 1)),
    vectors: new Float32Array(rows.length * DIM),
    scanned: 600,
    isComplete: true,
    total: 600,
    timings: {},
  };
}

/** What a search asks for that nobody's choice has changed. */
export const asked: Asked = {
  model: encoderInfo,
  variant: "base",
  region: { kind: "whole" },
  phrase: null,
  filter: NO_FILTER,
  listing: FIRST_LISTING,
  share: null,
  encoded: encoded("p1"),
  crop: null,
};

/** How many values the maps of a method hold in all, of the sentences and of the phrase. */
export function mapValues(maps: SentenceMaps | undefined): number {
  if (maps === undefined) return 0;
  const rows = [...maps.ofRows.values()].reduce((sum, map) => sum + map.length, 0);
  return rows + (maps.ofPhrase?.length ?? 0);
}

/** A promise that the test settles. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((take, refuse) => {
    resolve = take;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** What a test can see of the workers: the calls in order, and the signals that they got. */
export interface Recorded {
  readonly calls: string[];
  readonly signals: AbortSignal[];
  readonly queries: Float32Array[];
  /** The phrases that searches were to mix in, in order; undefined where there was none. */
  readonly phrases: SearchRequest["phrase"][];
  /** Which works each search was held to; null for all. */
  readonly masks: (Uint8Array | null)[];
  readonly opened: OpenModelRequest[];
  /** The choices of a model that were kept. */
  readonly choices: ModelChoice[];
}

/** Workers that answer at once, or as a test overrides; every call is recorded. */
export function services(
  overrides: {
    readonly encoder?: Partial<SessionServices["encoder"]>;
    readonly search?: Partial<SessionServices["search"]>;
    readonly converter?: Partial<SessionServices["converter"]>;
    readonly texts?: Partial<SessionServices["texts"]>;
    readonly choice?: ModelChoice;
  } = {},
): SessionServices & { readonly recorded: Recorded } {
  const recorded: Recorded = {
    calls: [],
    signals: [],
    queries: [],
    phrases: [],
    masks: [],
    opened: [],
    choices: [],
  };
  let pictures = 0;
  let regions = 0;
  const record = (call: string, signal: AbortSignal) => {
    recorded.calls.push(call);
    recorded.signals.push(signal);
  };
  const encoder: SessionServices["encoder"] = {
    open: async () => encoderInfo,
    encodePicture: async (_signal, _blob, options) => {
      pictures += 1;
      return encoded(`picture-${pictures}`, options);
    },
    encodeRegion: async (_signal, { rect }) => {
      regions += 1;
      return encodedRegion(`region-${regions}`, rect);
    },
    explain: async (_signal, request) =>
      new Float32Array((request.texts.length / DIM) * GRID * GRID).fill(1),
    embedTexts: async (_signal, texts) => ({
      base: textVectors(texts.length, 1),
      adapted: textVectors(texts.length, 2),
      isCut: texts.map((text) => text.length > 100),
    }),
    addText: () => Promise.resolve(),
    dispose: () => undefined,
    ...overrides.encoder,
  };
  const search: SessionServices["search"] = {
    open: async () => editionInfo,
    source: async () => null,
    work: async () => null,
    workText: async () => null,
    workImage: () => Promise.reject(new Error("not expected")),
    prepare: () => Promise.resolve(),
    kept: () => Promise.resolve(keptState),
    download: () => Promise.resolve(keptState),
    removeKept: () => Promise.resolve(keptState),
    catalogue: async () => catalogue,
    sentences: async () => ["One.", "Two."],
    adoptVectors: async () => 0,
    search: async (_signal, { scale = "picture" }) => ({ ...answer(1, 2, 3), scale }),
    ...overrides.search,
  };
  return {
    recorded,
    model: {
      pack: { kind: "url", url: "models/demo/" },
      providers: ["wasm"],
      allowSoftwareAdapter: false,
      safeMode: false,
    },
    storage: () => undefined,
    savesData: () => false,
    editionUrl: "edition/",
    mark: () => undefined,
    textPartBytes: () => 130_000_000,
    hasOwnTexts: () => overrides.texts !== undefined,
    texts: {
      search: () => Promise.reject(new Error("not expected")),
      source: () => Promise.reject(new Error("not expected")),
      ...overrides.texts,
    },
    choices: {
      read: () => overrides.choice ?? DEMO_CHOICE,
      write: (choice) => recorded.choices.push(choice),
    },
    converter: {
      files: async (_signal, packId) => ({ "manifest.json": new Blob([packId]) }),
      makeText: () => Promise.reject(new Error("not expected")),
      ...overrides.converter,
    },
    encoder: {
      dispose: () => encoder.dispose(),
      addText(signal, files) {
        record("encoder.addText", signal);
        return encoder.addText(signal, files);
      },
      open(signal, request, report) {
        record("encoder.open", signal);
        recorded.opened.push(request);
        return encoder.open(signal, request, report);
      },
      encodePicture(signal, blob, options, report) {
        record("encoder.encodePicture", signal);
        return encoder.encodePicture(signal, blob, options, report);
      },
      encodeRegion(signal, request) {
        record("encoder.encodeRegion", signal);
        return encoder.encodeRegion(signal, request);
      },
      explain(signal, request) {
        record(`encoder.explain ${request.method}`, signal);
        return encoder.explain(signal, request);
      },
      embedTexts(signal, texts, report) {
        record(`encoder.embedTexts ${texts.length}`, signal);
        return encoder.embedTexts(signal, texts, report);
      },
    },
    search: {
      open(signal, url, report) {
        record("search.open", signal);
        return search.open(signal, url, report);
      },
      search(signal, request, onAnswer, report) {
        record(`search.search ${request.variant}`, signal);
        recorded.queries.push(request.query);
        recorded.phrases.push(request.phrase);
        recorded.masks.push(request.works ?? null);
        return search.search(signal, request, onAnswer, report);
      },
      sentences(signal) {
        record("search.sentences", signal);
        return search.sentences(signal);
      },
      catalogue: (signal) => search.catalogue(signal),
      work: (signal, workId) => search.work(signal, workId),
      workText: (signal, workId) => search.workText(signal, workId),
      workImage: (signal, workId, file) => search.workImage(signal, workId, file),
      prepare: (signal, requests) => search.prepare(signal, requests),
      kept: (signal) => search.kept(signal),
      download: (signal, report) => search.download(signal, report),
      removeKept: (signal) => search.removeKept(signal),
      source(signal, row) {
        record(`search.source ${row}`, signal);
        return search.source(signal, row);
      },
      adoptVectors(signal, request) {
        record(`search.adoptVectors ${request.firstRow}+${request.base.length / DIM}`, signal);
        return search.adoptVectors(signal, request);
      },
    },
  };
}

/** Rejects with an AbortError when `signal` aborts, as the workers' clients do; never resolves. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(abortError()), { once: true });
  });
}

/** Lets everything that is ready to run, run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

export const crashed: AppErrorDetail = { code: "worker-crashed", worker: "encoder", why: "killed" };
