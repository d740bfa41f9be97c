import { AppError, isAbort } from "../../src/core/errors.ts";
import { knownAnswerTokens, textAnswerError } from "../../src/core/model/known-answer.ts";
import {
  MANIFEST_FILE,
  PACK_FILES,
  PART_FILES,
  type PackManifest,
  type TextShape,
} from "../../src/core/model/pack-manifest.ts";
import { runText } from "../../src/core/model/run-text.ts";
import { readTextTensors, type TextTensors } from "../../src/core/model/text-tensors.ts";
import { readVisionTensors, type VisionTensors } from "../../src/core/model/vision-tensors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type {
  EncoderInfo,
  OpenModelRequest,
  PackSource,
  Provider,
} from "../../src/core/protocol.ts";
import { chooseThreads } from "../choose-threads.ts";
import { cancelOnFailure } from "./cancel-on-failure.ts";
import { findAdapter } from "./device.ts";
import { fetchManifest, fetchPackFiles, parseJson, removeOutdatedFiles } from "./fetch-pack.ts";
import { openKernelText, suitsKernel } from "./kernel/open-kernel-towers.ts";
import { type GraphFiles, type OpenedVision, openVision } from "./open-vision.ts";
import { type PackBlobs, packBlobsKey } from "./pack-blobs.ts";
import { openPackCache, type PackCache } from "./pack-cache.ts";
import { createLazyEngine, type Engine, type OpenedSession, startEngine } from "./sessions.ts";
import { openTokenizer, type Tokenize } from "./texts.ts";

/** The text tower, ready for phrases. */
interface OpenedText {
  readonly session: OpenedSession;
  readonly tensors: TextTensors;
  readonly shape: TextShape;
  readonly tokenize: Tokenize;
}

/** A model pack at work. */
export interface OpenedModel {
  readonly info: EncoderInfo;
  readonly manifest: PackManifest;
  readonly tensors: VisionTensors;
  readonly vision: OpenedVision;
  /** Loads the text tower at the first call; a failed or cancelled load is tried again by the next one. */
  openText(report: ReportProgress, signal: AbortSignal): Promise<OpenedText>;
  /** Gives a pack that this browser holds its text files. */
  addText(files: PackBlobs): Promise<void>;
  /** Gives the memory of the text tower back, where that costs no second download; the next `openText` loads it anew. */
  releaseText(): Promise<void>;
  release(): Promise<void>;
}

/** Opens model packs, one at a time. */
export interface ModelOpener {
  /**
   * Downloads, verifies and starts a pack; answers from memory for the request that it opened last.
   *
   * @throws AppError of the network, pack and machine groups; an AbortError after `signal`
   */
  open(
    request: OpenModelRequest,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<OpenedModel>;
}

/** Creates an opener. It loads the runtime once: a worker cannot load a second build of it. */
export function createModelOpener(): ModelOpener {
  let engine: Engine | null = null;
  let cache: PackCache | null = null;
  let latest: { readonly key: string; readonly model: OpenedModel } | null = null;
  // Two requests at once take turns, so that the second one finds what the first has opened.
  let turn: Promise<unknown> = Promise.resolve();

  const openNow = async (
    request: OpenModelRequest,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<OpenedModel> => {
    signal.throwIfAborted();
    const key = await keyOf(request);
    if (latest?.key === key) return latest.model;
    cache ??= await openPackCache();
    const packs = cache;
    const startedEngine = async (either: AbortSignal): Promise<Engine> => {
      if (engine !== null) return engine;
      const wantsGpu = request.providers.includes("webgpu");
      const adapter = wantsGpu ? await findAdapter(request.allowSoftwareAdapter) : null;
      engine =
        adapter === null ? createLazyEngine(report) : await startEngine(adapter, report, either);
      return engine;
    };
    // Side by side: asking for an adapter can take a second, and the runtime is larger than the demo model.
    const [started, fetched] = await cancelOnFailure(signal, (either) =>
      Promise.all([startedEngine(either), fetchModel(request.pack, packs, report, either)]),
    );
    const model = await startModel(request, fetched, started, packs, report, signal);
    latest = { key, model };
    await removeOutdatedFiles(packs);
    return model;
  };

  return {
    open(request, report, signal) {
      const result = turn.then(() => openNow(request, report, signal));
      turn = result.catch(() => undefined);
      return result;
    },
  };
}

/** What the network gives of a pack before its first picture. */
interface FetchedModel {
  readonly manifest: PackManifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

async function keyOf({ pack, ...rest }: OpenModelRequest): Promise<string> {
  return JSON.stringify([rest, pack.kind === "url" ? pack.url : await packBlobsKey(pack.files)]);
}

async function fetchModel(
  pack: PackSource,
  cache: PackCache,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<FetchedModel> {
  const manifest = await fetchManifest(pack, cache, signal);
  // The preprocessor's configuration is for other programs: what is needed of it is in the manifest.
  const names = PART_FILES.vision.filter((name) => name !== PACK_FILES.preprocessor);
  const files = await fetchPackFiles(pack, manifest, names, "model", cache, report, signal);
  return { manifest, files };
}

async function startModel(
  { pack, providers, safeMode }: OpenModelRequest,
  { manifest, files }: FetchedModel,
  engine: Engine,
  cache: PackCache,
  report: ReportProgress,
  signal: AbortSignal,
): Promise<OpenedModel> {
  const tensors = readVisionTensors(take(files, PACK_FILES.visionTensors), manifest);
  const graphs = {
    trunk: takeGraph(files, PACK_FILES.trunk, PACK_FILES.trunkData),
    head: takeGraph(files, PACK_FILES.head, PACK_FILES.headData),
  };
  const threads = safeMode ? 1 : chooseThreads();
  const vision = await openVision(
    engine,
    providers,
    graphs,
    tensors,
    manifest,
    threads,
    report,
    signal,
  );
  const text = createTextOpener(pack, manifest, engine, vision, threads, cache);
  return {
    info: {
      packId: manifest.packId,
      name: manifest.name,
      variants: manifest.variants,
      fingerprint: manifest.fingerprint,
      provider: vision.provider,
      runtime: engine.build,
      storage: cache.state(),
      dim: manifest.dim,
      grid: manifest.grid,
      vocabulary: manifest.vocabulary,
      get hasText() {
        return text.isThere();
      },
      hasAdapter: manifest.adapter !== null,
      adapterFingerprint: manifest.adapter?.fingerprint ?? null,
    },
    manifest,
    tensors,
    vision,
    openText: text.open,
    addText: text.add,
    // Where nothing is stored, loading it anew would mean downloading it anew: then it stays.
    releaseText: () =>
      pack.kind === "files" || cache.state() === "kept" ? text.release() : Promise.resolve(),
    async release() {
      await Promise.allSettled([vision.trunk.release(), vision.head.release(), text.release()]);
    },
  };
}

/** The lazily loaded text tower of one model. It runs where the vision tower runs. */
function createTextOpener(
  pack: PackSource,
  manifest: PackManifest,
  engine: Engine,
  vision: OpenedVision,
  threads: number,
  cache: PackCache,
): {
  open: OpenedModel["openText"];
  add: OpenedModel["addText"];
  /** Tells whether the pack has a text tower by now. */
  isThere: () => boolean;
  release: () => Promise<void>;
} {
  const { provider } = vision;
  let source = pack;
  let described = manifest;
  let opened: OpenedText | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const openNow = async (report: ReportProgress, signal: AbortSignal): Promise<OpenedText> => {
    signal.throwIfAborted();
    if (opened !== null) return opened;
    const { text: shape } = described;
    if (shape === null) throw new AppError({ code: "text-tower-missing" });
    const files = await fetchPackFiles(
      source,
      described,
      PART_FILES.text,
      "text-tower",
      cache,
      report,
      signal,
    );
    const json = (name: string): unknown => parseJson(take(files, name), name);
    const tokenize = await openTokenizer(
      json(PACK_FILES.tokenizer),
      json(PACK_FILES.tokenizerConfig),
    );
    const bytes = take(files, PACK_FILES.textTensors);
    const tensors = readTextTensors(bytes, { ...manifest, text: shape });
    const graph = takeGraph(files, PACK_FILES.text, PACK_FILES.textData);
    const session = await openTextTower(graph, tensors, shape, signal);
    opened = { session, tensors, shape, tokenize };
    return opened;
  };
  /** As the vision tower: on the processor our own kernel comes first and the runtime second. */
  const openTextTower = async (
    files: GraphFiles,
    tensors: TextTensors,
    shape: NonNullable<PackManifest["text"]>,
    signal: AbortSignal,
  ): Promise<OpenedSession> => {
    if (provider === "wasm" && suitsKernel(manifest)) {
      try {
        const session = await openKernelText(files, shape, threads, signal);
        return await testText(session, tensors, shape, provider, signal);
      } catch (error) {
        if (isAbort(error)) throw error;
      }
    }
    const { graph, weights } = files;
    const session = await engine.openSession(graph, PACK_FILES.text, provider, signal, weights);
    return testText(session, tensors, shape, provider, signal);
  };
  return {
    open(report, signal) {
      const result = turn.then(() => openNow(report, signal));
      turn = result.catch(() => undefined);
      return result;
    },
    async add(files) {
      if (source.kind !== "files") {
        throw new AppError({ code: "invalid-argument", what: "text for a pack of a server" });
      }
      const whole: PackSource = { kind: "files", files: { ...source.files, ...files } };
      const next = await fetchManifest(whole, cache, new AbortController().signal);
      if (next.packId !== described.packId || next.text === null) {
        throw new AppError({ code: "pack-corrupt", file: MANIFEST_FILE, why: "of another pack" });
      }
      source = whole;
      described = next;
    },
    isThere: () => described.text !== null,
    release() {
      const released = turn.then(async () => {
        const former = opened;
        opened = null;
        await former?.session.release();
      });
      turn = released.catch(() => undefined);
      return released;
    },
  };
}

/** Gives the text tower back and throws `self-test-failed` where it does not give the pack's known answer. */
async function testText(
  session: OpenedSession,
  tensors: TextTensors,
  shape: NonNullable<PackManifest["text"]>,
  provider: Provider,
  signal: AbortSignal,
): Promise<OpenedSession> {
  try {
    const { base } = await runText(session, tensors, shape, [knownAnswerTokens(shape)], signal);
    const error = textAnswerError(shape.knownAnswer, base);
    // Written so that NaN fails too.
    if (error <= shape.knownAnswer.tolerance) return session;
    throw new AppError({ code: "self-test-failed", provider, error });
  } catch (error) {
    await Promise.allSettled([session.release()]);
    throw error;
  }
}

/** A graph with the data file beside it. */
function takeGraph(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  name: string,
  dataFile: string,
): GraphFiles {
  return { graph: take(files, name), weights: { name: dataFile, bytes: take(files, dataFile) } };
}

function take(
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
  name: string,
): Uint8Array<ArrayBuffer> {
  const bytes = files.get(name);
  if (bytes === undefined) {
    throw new AppError({ code: "pack-corrupt", file: name, why: "it was not loaded" });
  }
  return bytes;
}
