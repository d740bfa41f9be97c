import { type Accessor, createSignal } from "solid-js";
import type { SearchClient } from "../../client/search-client.ts";
import { type AppErrorDetail, isAbort } from "../../core/errors.ts";
import type { KeptState } from "../../core/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import { requestPersistence } from "../models/kept-storage.ts";

/** What is being done about keeping the edition on this device. */
export type KeepJob =
  | { readonly kind: "none" }
  | { readonly kind: "downloading"; readonly loaded: number; readonly total: number }
  | { readonly kind: "removing" }
  | { readonly kind: "failed"; readonly error: AppErrorDetail };

/** The open edition as this device keeps it. */
export interface KeptEdition {
  /** Null until it was asked for, and where the edition is not open. */
  readonly state: Accessor<KeptState | null>;
  readonly job: Accessor<KeepJob>;
  /** Asks again what is kept: another tab may have changed it. */
  look(): void;
  /** Downloads what is missing; asks the browser to keep it. */
  download(): void;
  /** Stops the download; what came is kept. */
  cancel(): void;
  /** Deletes what was downloaded. */
  remove(): void;
  dismiss(): void;
}

/** What it needs; a test passes doubles. */
export interface KeptEditionServices {
  readonly search: Pick<SearchClient, "kept" | "download" | "removeKept">;
  /** The browser's storage, which is asked to keep what was downloaded. */
  readonly storage: () => Partial<Pick<StorageManager, "persist">> | undefined;
}

/** Creates it; nothing is asked yet. */
export function createKeptEdition({ search, storage }: KeptEditionServices): KeptEdition {
  const [state, setState] = createSignal<KeptState | null>(null);
  const [job, setJob] = createSignal<KeepJob>({ kind: "none" });
  let controller = new AbortController();

  const isBusy = () => job().kind === "downloading" || job().kind === "removing";
  async function run(begin: KeepJob, work: (signal: AbortSignal) => Promise<KeptState>) {
    if (isBusy()) return;
    controller = new AbortController();
    const { signal } = controller;
    setJob(begin);
    try {
      const kept = await work(signal);
      setState(() => kept);
      setJob({ kind: "none" });
    } catch (error) {
      setJob(isAbort(error) ? { kind: "none" } : { kind: "failed", error: errorDetail(error) });
      await lookNow();
    }
  }
  async function lookNow(): Promise<void> {
    try {
      const kept = await search.kept(new AbortController().signal);
      setState(() => kept);
    } catch {
      // The edition is not open, or its worker is gone: then nothing is said of it.
    }
  }

  return {
    state,
    job,
    look: () => void lookNow(),
    download() {
      const { bytes: loaded = 0, total = 0 } = state() ?? {};
      void run({ kind: "downloading", loaded, total }, async (signal) => {
        // Some browsers ask the person, and the download does not wait for the answer.
        void requestPersistence(storage());
        return search.download(signal, (progress) => {
          // Progress has a port of its own: the last of it may come after the answer.
          const isOver = signal.aborted || job().kind !== "downloading";
          if (isOver || progress.phase !== "download") return;
          setJob({ kind: "downloading", loaded: progress.loaded, total: progress.total });
        });
      });
    },
    cancel: () => controller.abort(),
    remove: () => void run({ kind: "removing" }, (signal) => search.removeKept(signal)),
    dismiss: () => setJob((before) => (before.kind === "failed" ? { kind: "none" } : before)),
  };
}
