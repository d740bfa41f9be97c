import { AppError } from "../../src/core/errors.ts";
import type { ReportProgress } from "../../src/core/progress.ts";
import type { MadePack, MakeRequest } from "../../src/core/protocol.ts";
import type { PackRecord } from "./pack-record.ts";
import type { PieceStore } from "./piece-store.ts";

/** The converter worker's work, without the worker. See `ConverterApi` for what the calls promise. */
export interface Converter {
  list(): Promise<readonly MadePack[]>;
  make(request: MakeRequest, report: ReportProgress, signal: AbortSignal): Promise<MadePack>;
  makeText(packId: string, report: ReportProgress, signal: AbortSignal): Promise<MadePack>;
  files(packId: string): Promise<Readonly<Record<string, Blob>>>;
  remove(packId: string, signal: AbortSignal): Promise<void>;
}

/** What a converter needs from its surroundings. */
export interface ConverterOptions {
  readonly store: PieceStore;
}

/** Creates a converter. */
export function createConverter({ store }: ConverterOptions): Converter {
  const find = async (packId: string): Promise<PackRecord> => {
    const record = (await store.getPacks()).find((pack) => pack.packId === packId);
    if (record === undefined) throw new AppError({ code: "model-unknown", id: packId });
    return record;
  };
  const describePack = ({
    files,
    originals,
    origin,
    requestKey,
    ...pack
  }: PackRecord): MadePack => {
    const isKept = Object.values(files).every((file) => store.isKept(file));
    const state = store.state();
    return { ...pack, storage: isKept ? "kept" : state === "kept" ? "full" : state };
  };
  return {
    async list() {
      return (await store.getPacks()).map(describePack);
    },
    async make(_request, _report, signal) {
      signal.throwIfAborted();
      throw new AppError({ code: "unexpected", why: "models cannot be made yet" });
    },
    async makeText(packId, _report, signal) {
      signal.throwIfAborted();
      return describePack(await find(packId));
    },
    async files(packId) {
      const { files } = await find(packId);
      const read = async ([name, file]: [string, string]) =>
        [name, new Blob([...(await store.pieces(file))])] as const;
      return Object.fromEntries(await Promise.all(Object.entries(files).map(read)));
    },
    async remove(packId, signal) {
      const { files, originals } = await find(packId);
      await store.removePack(packId);
      for (const file of [...Object.values(files), ...Object.values(originals)]) {
        signal.throwIfAborted();
        await store.removeFile(file);
      }
    },
  };
}
