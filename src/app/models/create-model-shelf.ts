import { type Accessor, createSignal } from "solid-js";
import type { ConverterClient } from "../../client/converter-client.ts";
import { type AppErrorDetail, isAbort } from "../../core/errors.ts";
import type { MadePack, MakeRequest } from "../../core/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import {
  addProgress,
  downloadTotals,
  noProgress,
  type ProgressView,
} from "../session/progress-view.ts";
import type { Session } from "../session/session.ts";
import { readStorageRoom, requestPersistence, type StorageRoom } from "./kept-storage.ts";
import { DEMO_CHOICE, type ModelChoice } from "./model-choice.ts";
import { packName } from "./pack-name.ts";
import type { Unfinished, UnfinishedMemory } from "./unfinished-memory.ts";

/** A model that is to be made. */
export interface Wanted {
  /** Tells one wish from another, and a broken-off one again at the next visit. */
  readonly id: string;
  /** Name for people. */
  readonly name: string;
  readonly request: MakeRequest;
}

/** What the shelf is at. */
export type ShelfJob =
  | { readonly kind: "none" }
  | { readonly kind: "making"; readonly wanted: Wanted; readonly progress: ProgressView }
  | { readonly kind: "cancelled"; readonly wanted: Wanted }
  /** `wanted` is null where the failure was not in making a model. */
  | { readonly kind: "failed"; readonly wanted: Wanted | null; readonly error: AppErrorDetail }
  | { readonly kind: "made"; readonly pack: MadePack };

/** The models that this device holds, and the making of others. One is made at a time. */
export interface ModelShelf {
  readonly packs: Accessor<readonly MadePack[]>;
  readonly job: Accessor<ShelfJob>;
  readonly room: Accessor<StorageRoom | null>;
  /** Reads again what this device holds. */
  load(): void;
  /** Downloads and converts a model, goes on where it was broken off, and computes with it once it is there. */
  make(wanted: Wanted): void;
  /** Ends the making; what was downloaded stays. */
  cancel(): void;
  /** Forgets what is said of the last job. */
  dismiss(): void;
  use(pack: MadePack): void;
  useDemo(): void;
  remove(pack: MadePack): void;
  /** Deletes what broken-off downloads have left, which a download of this model would go on with. */
  discard(id: string): void;
  /** How far an earlier download of a model came; null where none is known. */
  unfinished(id: string): Unfinished | null;
}

/** What the shelf needs of the page. */
interface ShelfServices {
  readonly converter: ConverterClient;
  readonly session: Pick<Session, "chooseModel" | "model">;
  readonly memory: UnfinishedMemory;
  readonly storage: () => StorageManager | undefined;
}

/** How often the state of a download is kept, in milliseconds: a page can end at any time. */
const NOTE_MS = 3000;

/** Creates the shelf. Nothing is asked of the converter before `load` or `make`. */
export function createModelShelf(services: ShelfServices): ModelShelf {
  const { converter, session, memory, storage } = services;
  const [packs, setPacks] = createSignal<readonly MadePack[]>([]);
  const [job, setJob] = createSignal<ShelfJob>({ kind: "none" });
  const [room, setRoom] = createSignal<StorageRoom | null>(null);
  let controller = new AbortController();

  async function load(): Promise<void> {
    try {
      setPacks(await converter.list(new AbortController().signal));
    } catch (error) {
      if (!isAbort(error)) setJob({ kind: "failed", wanted: null, error: errorDetail(error) });
    }
    setRoom(await readStorageRoom(storage()));
  }

  /** Some browsers ask the person in turn, and nothing waits for the answer. */
  async function keep(): Promise<void> {
    await requestPersistence(storage());
    setRoom(await readStorageRoom(storage()));
  }

  async function make(wanted: Wanted): Promise<void> {
    if (job().kind === "making") return;
    controller = new AbortController();
    const { signal } = controller;
    let progress = noProgress;
    let notedAt = 0;
    const note = () => {
      const { loaded, total } = downloadTotals(progress);
      // Before the first byte nothing new is known.
      if (loaded > 0) memory.write(wanted.id, { loaded, total });
    };
    setJob({ kind: "making", wanted, progress });
    try {
      const pack = await converter.make(signal, wanted.request, (report) => {
        // Progress has a port of its own: the last of it may come after the answer.
        if (signal.aborted || job().kind !== "making") return;
        progress = addProgress(progress, report);
        setJob({ kind: "making", wanted, progress });
        if (performance.now() - notedAt < NOTE_MS) return;
        notedAt = performance.now();
        note();
      });
      memory.write(wanted.id, null);
      if (pack.storage === "kept") void keep();
      await load();
      setJob({ kind: "made", pack });
      session.chooseModel(choiceOf(pack));
    } catch (error) {
      note();
      setJob(
        isAbort(error)
          ? { kind: "cancelled", wanted }
          : { kind: "failed", wanted, error: errorDetail(error) },
      );
    }
  }

  async function remove(pack: MadePack): Promise<void> {
    const model = session.model();
    // First, because files that are in use could not be read again after a crash.
    if (model.kind === "made" && model.packId === pack.packId) session.chooseModel(DEMO_CHOICE);
    try {
      await converter.remove(new AbortController().signal, pack.packId);
    } catch (error) {
      if (!isAbort(error)) setJob({ kind: "failed", wanted: null, error: errorDetail(error) });
    }
    await load();
  }

  async function discard(id: string): Promise<void> {
    try {
      await converter.discard(new AbortController().signal);
      memory.write(id, null);
      setJob((now) => (now.kind === "making" ? now : { kind: "none" }));
    } catch (error) {
      if (!isAbort(error)) setJob({ kind: "failed", wanted: null, error: errorDetail(error) });
    }
    await load();
  }

  return {
    packs,
    job,
    room,
    load: () => void load(),
    make: (wanted) => void make(wanted),
    cancel: () => controller.abort(),
    dismiss: () => setJob((now) => (now.kind === "making" ? now : { kind: "none" })),
    use: (pack) => session.chooseModel(choiceOf(pack)),
    useDemo: () => session.chooseModel(DEMO_CHOICE),
    remove: (pack) => void remove(pack),
    discard: (id) => void discard(id),
    unfinished: (id) => memory.read(id),
  };
}

function choiceOf(pack: MadePack): ModelChoice {
  return { kind: "made", packId: pack.packId, name: packName(pack) };
}
