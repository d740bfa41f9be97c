import { AppError } from "../../../src/core/errors.ts";
import type { ReportProgress } from "../../../src/core/progress.ts";
import type { KeptState } from "../../../src/core/protocol.ts";
import type { BlockStore } from "../block-store.ts";
import type { CheckedFile } from "../checked-file.ts";
import type { FileHost } from "../file-host.ts";
import { noMemory, openCheckedFile } from "../open-file.ts";
import { downloadFiles, type FileToKeep } from "./download-files.ts";
import { createKeptFiles, type KeptFile, keptFile } from "./kept-files.ts";
import type { WholeFileStore } from "./whole-file-store.ts";

/** The files of an edition that a person may keep for use offline. */
export interface OfflineFiles {
  /**
   * Makes a file part of what a download keeps.
   *
   * @param rankOf when a block is wanted, from 0 (first) to 1
   */
  include(file: CheckedFile, rankOf: (block: number) => number): Promise<void>;
  /** Blocks that are kept, and those of `cache` where they are not. */
  readonly blocks: Pick<BlockStore, "get" | "put">;
  /** Tells whether a block of the file with this content hash is kept. */
  holds(key: string, block: number): boolean;
  /** How much is kept; asks storage, which other tabs change too. */
  state(): Promise<KeptState>;
  /**
   * Downloads what is missing of all files, once an earlier download of this tab has ended.
   *
   * @throws AppError `download-elsewhere`, `storage-full`, `storage-failed`, or what the files' host answers; an AbortError
   */
  download(report: ReportProgress, signal: AbortSignal): Promise<KeptState>;
  /**
   * Deletes what is kept, of this edition and of others.
   *
   * @throws AppError `download-elsewhere`
   */
  remove(): Promise<KeptState>;
}

/** What it is made of. */
export interface OfflineOptions {
  /** Ends in "/". */
  readonly editionUrl: string;
  readonly host: FileHost;
  readonly cache: BlockStore;
  /** Null where this browser keeps nothing. */
  readonly store: WholeFileStore | null;
}

/** One change at a time, whichever tab it is in. */
const LOCK = "artefact-edition-download";

/** Creates it with no file yet. */
export function createOfflineFiles(options: OfflineOptions): OfflineFiles {
  const { editionUrl, host, cache, store } = options;
  const kept = store === null ? null : createKeptFiles(store);
  const included = new Map<string, { readonly kept: KeptFile; readonly toKeep: FileToKeep }>();

  /** What changes the files in this tab: one that was cancelled may still be writing when the next one is asked for. */
  let changing: Promise<unknown> = Promise.resolve();
  const change = (work: () => Promise<void>): Promise<void> => {
    const turn = changing.then(() => withLock(work));
    changing = turn.catch(() => undefined);
    return turn;
  };

  const stateNow = (): KeptState => {
    const total = [...included.values()].reduce((sum, { kept: file }) => sum + file.blocks.size, 0);
    return {
      storage: store?.kind ?? "none",
      cache: cache.state(),
      bytes: kept?.bytes() ?? 0,
      total,
    };
  };
  const state = async (): Promise<KeptState> => {
    await kept?.refresh();
    return stateNow();
  };

  return {
    blocks: kept?.over(cache) ?? cache,
    state,
    holds(key, block) {
      const file = included.get(key);
      return file !== undefined && kept?.hasBlock(file.kept, block) === true;
    },
    async include(file, rankOf) {
      const whole = keptFile(file.file.sha256, file.blocks);
      // What was fetched by a search is not fetched again, and what a download fetches is not kept twice.
      const use = {
        store: { get: cache.get, put: () => undefined },
        memory: noMemory,
        patience: "background" as const,
      };
      const toKeep: FileToKeep = {
        file: whole,
        source: openCheckedFile(editionUrl, file, use, host),
        rankOf: (segment) => rankOf(whole.blocks.within(whole.segments.range(segment)).first),
      };
      included.set(whole.key, { kept: whole, toKeep });
      await kept?.register(whole);
    },
    async download(report, signal) {
      if (store === null || kept === null) {
        throw new AppError({ code: "storage-failed", why: "it stores nothing for this page" });
      }
      await change(async () => {
        signal.throwIfAborted();
        await kept.refresh();
        const { total } = stateNow();
        const onKept = (loaded: number) =>
          report({ phase: "download", item: "edition", loaded, total });
        onKept(kept.bytes());
        const files = [...included.values()].map(({ toKeep }) => toKeep);
        await downloadFiles(files, { store, kept, onKept }, signal);
        for (const { file } of files) await cache.deleteFile(file.key);
      });
      return stateNow();
    },
    async remove() {
      // Not under another tab's download, which would count on what it knows to be there.
      if (store !== null) await change(() => store.keepOnly(new Set()));
      return state();
    },
  };
}

/** Runs `work` unless another tab is at it; browsers without locks have to do without. */
async function withLock(work: () => Promise<void>): Promise<void> {
  if (!("navigator" in globalThis && "locks" in navigator)) return work();
  await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock === null) throw new AppError({ code: "download-elsewhere" });
    return work();
  });
}
