import { AppError } from "../../src/core/errors.ts";
import type { PackTools } from "../../src/core/model/pack-output.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { MadePack, MakeRequest } from "../../src/core/protocol.ts";
import type { DownloadTools } from "./download-file.ts";
import { DOWNLOAD_PREFIX, downloadFiles, storedName } from "./download-files.ts";
import { findModel, gatherFiles, type ModelPlaces, wantedOf } from "./gather-files.ts";
import { makePack, makeTextPart } from "./make-pack.ts";
import type { PackRecord } from "./pack-record.ts";
import { sweepUnfinished } from "./pack-sink.ts";
import type { PieceStore } from "./piece-store.ts";

/** The converter worker's work, without the worker. See `ConverterApi` for what the calls promise. */
export interface Converter {
  list(): Promise<readonly MadePack[]>;
  make(request: MakeRequest, report: ReportProgress, signal: AbortSignal): Promise<MadePack>;
  makeText(packId: string, report: ReportProgress, signal: AbortSignal): Promise<MadePack>;
  files(packId: string): Promise<Readonly<Record<string, Blob>>>;
  remove(packId: string): Promise<void>;
  discard(): Promise<void>;
}

/** Lets one piece of work at a time change what is stored, over all tabs. */
export interface Turn {
  /** Waits until nobody else is at work. */
  take<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Does the work where nobody else is at work, and else nothing. */
  takeIfFree(work: () => Promise<void>): Promise<void>;
}

/** What a converter needs from its surroundings. */
export interface ConverterOptions {
  readonly tools: DownloadTools;
  readonly turn: Turn;
  /** The public places that requests name. */
  readonly places: ModelPlaces;
  /** Gives what converting needs of the machine, for one conversion. */
  readonly packTools: (signal: AbortSignal) => PackTools;
}

/** Creates a converter. */
export function createConverter({ tools, turn, places, packTools }: ConverterOptions): Converter {
  const { store } = tools;

  const findRecord = async (packId: string): Promise<PackRecord> => {
    const record = (await store.getPacks()).find((pack) => pack.packId === packId);
    if (record === undefined) throw new AppError({ code: "model-unknown", id: packId });
    return record;
  };
  const removeFiles = async (files: Readonly<Record<string, string>>): Promise<void> => {
    for (const file of Object.values(files)) await store.removeFile(file);
  };

  const makeNow = async (
    request: MakeRequest,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<MadePack> => {
    const requestKey = keyOf(request);
    const known = await store.getPacks();
    const former = known.find((pack) => requestKey !== null && pack.requestKey === requestKey);
    if (former !== undefined) return toMadePack(former, store);
    await sweepUnfinished(store);
    const gathered = await gatherFiles(request, places, tools, report, signal);
    const { weights, mirror } = request;
    const origin = weights.kind === "hub" ? { id: weights.id, mirror } : null;
    const packing = { store, tools: packTools(signal) };
    const record = await makePack(gathered, { origin, requestKey }, packing, report, signal);
    await store.putPack(record);
    for (const pack of known.filter(({ packId }) => packId === record.packId)) {
      await removeFiles({ ...pack.files });
      await removeFiles({ ...pack.originals });
    }
    for (const file of gathered.downloads) await store.removeFile(file);
    return toMadePack(record, store);
  };

  const makeTextNow = async (
    packId: string,
    report: ReportProgress,
    signal: AbortSignal,
  ): Promise<MadePack> => {
    const record = await findRecord(packId);
    if (record.hasText) return toMadePack(record, store);
    if (record.origin === null) {
      const missing = "the tower for texts, tokenizer.json and tokenizer_config.json";
      throw new AppError({ code: "own-files-incomplete", missing });
    }
    await sweepUnfinished(store);
    const { id, mirror } = record.origin;
    const wanted = wantedOf(findModel(places, id), "text");
    const texts = await downloadFiles(wanted, mirror, "text-tower", tools, report, signal);
    const files = await openFiles(record.files, store);
    const originals = new Map(Object.entries(await openFiles(record.originals, store)));
    const packing = { store, tools: packTools(signal) };
    const next = await makeTextPart(record, files, originals, texts, packing, report, signal);
    await store.putPack(next);
    for (const file of wanted) await store.removeFile(storedName(file, mirror));
    await sweepUnfinished(store);
    return toMadePack(next, store);
  };

  return {
    async list() {
      return (await store.getPacks()).map((record) => toMadePack(record, store));
    },
    make: (request, report, signal) => turn.take(() => makeNow(request, report, signal), signal),
    makeText: (packId, report, signal) =>
      turn.take(() => makeTextNow(packId, report, signal), signal),
    async files(packId) {
      const record = await findRecord(packId);
      const files = await openFiles(record.files, store);
      for (const [name, blob] of Object.entries(files)) {
        if (blob.size > 0) continue;
        const why = "the browser's storage no longer holds it";
        throw new AppError({ code: "pack-corrupt", file: name, why });
      }
      return files;
    },
    async remove(packId) {
      const { files, originals } = await findRecord(packId);
      await store.removePack(packId);
      await removeFiles(files);
      await removeFiles(originals);
    },
    async discard() {
      await turn.takeIfFree(async () => {
        await sweepUnfinished(store);
        const left = (await store.files()).filter((file) => file.startsWith(DOWNLOAD_PREFIX));
        for (const file of left) await store.removeFile(file);
      });
    },
  };
}

/** Tells requests for the same public places, whichever mirror they are fetched from; null with files of one's own. */
function keyOf({ weights, adapter }: MakeRequest): string | null {
  if (weights.kind === "files" || adapter?.kind === "files") return null;
  return JSON.stringify([weights.id, adapter?.id ?? null]);
}

function toMadePack(record: PackRecord, store: PieceStore): MadePack {
  const { files, originals, origin, requestKey, ...pack } = record;
  const isKept = Object.values(files).every((file) => store.isKept(file));
  const state = store.state();
  return { ...pack, storage: isKept ? "kept" : state === "kept" ? "full" : state };
}

async function openFiles(
  files: Readonly<Record<string, string>>,
  store: PieceStore,
): Promise<Readonly<Record<string, Blob>>> {
  const open = async ([name, file]: [string, string]) =>
    [name, new Blob([...(await store.pieces(file))])] as const;
  return Object.fromEntries(await Promise.all(Object.entries(files).map(open)));
}
