import { type Accessor, createEffect, createSignal, on, onCleanup } from "solid-js";
import type { OwnTextsClient } from "../../client/own-texts-client.ts";
import { type AppErrorDetail, isAbort } from "../../core/errors.ts";
import type { OwnRecord } from "../../core/own-texts/own-record.ts";
import type {
  AddedTexts,
  GivenTexts,
  OwnLibrary,
  TextsPreview,
} from "../../core/own-texts/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import { requestPersistence } from "../models/kept-storage.ts";
import type { Session } from "../session/session.ts";
import type { Offer } from "../session/session-state.ts";
import { asModel, readWithModel } from "./read-with-model.ts";
import type { TextsHint } from "./texts-hint.ts";
import type { UndoOffers } from "./texts-tabs.ts";

/** What the shelf is at, or how its last work ended. */
export type TextsJob =
  | { readonly kind: "none" }
  | { readonly kind: "adding"; readonly name: string }
  /** The model's part for texts has to be fetched first. */
  | { readonly kind: "asking"; readonly offer: Extract<Offer, { kind: "fetch-text" }> }
  | {
      readonly kind: "reading";
      /** Name of the model; null while it is being opened. */
      readonly model: string | null;
      readonly embedded: number;
      readonly total: number;
    }
  | { readonly kind: "added"; readonly added: AddedTexts }
  | { readonly kind: "cancelled" }
  /** Another tab reads the same texts. */
  | { readonly kind: "elsewhere" }
  | { readonly kind: "failed"; readonly error: AppErrorDetail };

/** A person's own texts, as the page handles them. One work at a time; everything that is shown is in storage. */
export interface TextShelf {
  /** Null until it was first read. */
  readonly library: Accessor<OwnLibrary | null>;
  readonly job: Accessor<TextsJob>;
  /** Files, and what was pasted, that are neither added nor put away yet; they outlast a dialog that is closed. */
  readonly given: Accessor<readonly File[]>;
  give(files: readonly File[]): void;
  putAway(file: File): void;
  /** Words that are being typed. */
  readonly draft: Accessor<string>;
  setDraft(words: string): void;
  /** Reads again what this browser holds. */
  load(): void;
  /** What a file holds; rejects as the client does. */
  preview(given: GivenTexts): Promise<TextsPreview>;
  /** Adds a file and lets the model read it; true where it was added. */
  add(given: GivenTexts, record: OwnRecord | null): Promise<boolean>;
  /** Lets the model in use read what it has not read. */
  read(): void;
  /** Ends the reading; what is read stays so. Also declines what is asked. */
  cancel(): void;
  takeOffer(): void;
  dismiss(): void;
  edit(workId: string, record: OwnRecord): void;
  remove(workIds: readonly string[]): void;
  restore(workIds: readonly string[]): void;
  /**
   * Deletes for good what was removed before, and offers to restore what is removed from now on; gives what ends the offer, and
   * deletes it then. Another tab that offers the same keeps it all.
   */
  offerUndo(): () => void;
  clear(): void;
  /** All texts as a file; null where that failed, which the job then says. */
  exportAll(): Promise<Blob | null>;
}

/** What the shelf needs of the page. */
export interface TextShelfServices {
  readonly texts: OwnTextsClient;
  readonly session: Pick<Session, "encoder" | "openModel" | "embedTexts" | "ownTextsChanged">;
  readonly hint: TextsHint;
  readonly storage: () => StorageManager | undefined;
  /** Runs `work` unless another tab does such work; tells whether it ran. */
  readonly ifFree: (work: () => Promise<void>) => Promise<boolean>;
  readonly undo: UndoOffers;
  /** Calls back whenever this or another tab has changed something; gives what ends that. */
  readonly onChange: (changed: () => void) => () => void;
}

/** Changes that come in quick succession are looked at once, after so many milliseconds. */
const SETTLE_MS = 150;

/** Creates the shelf. Nothing starts the texts' worker before there are texts, or somebody asks. */
export function createTextShelf(services: TextShelfServices): TextShelf {
  const { texts, session, hint, undo } = services;
  const [library, setLibrary] = createSignal<OwnLibrary | null>(null);
  const [job, setJob] = createSignal<TextsJob>({ kind: "none" });
  const [given, setGiven] = createSignal<readonly File[]>([]);
  const [draft, setDraft] = createSignal("");
  let controller = new AbortController();
  let accept: () => void = () => undefined;
  const never = () => new AbortController().signal;
  /** What a search found of them at the last look with a model open; null before the first. */
  let searched: string | null = null;
  const isBusy = () => ["adding", "reading", "asking"].includes(job().kind);
  const dismiss = () => setJob((now) => (isBusy() ? now : { kind: "none" }));
  const fail = (error: unknown) => {
    setJob(isAbort(error) ? { kind: "cancelled" } : { kind: "failed", error: errorDetail(error) });
  };

  async function load(): Promise<void> {
    const encoder = session.encoder();
    const model = encoder === null ? null : asModel(encoder);
    const now = await texts.library(never(), model);
    const had = hint.read();
    const has = now.works.length > 0;
    hint.write(has);
    setLibrary(now);
    // The other tab is done.
    if (job().kind === "elsewhere" && now.embedded === now.sentences) dismiss();
    // Without a model nothing is known of what is read, and nothing was searched.
    if (model === null && has) return;
    const before = searched ?? (had ? null : NONE_SEARCHED);
    searched = searchedOf(now);
    const isOther = before !== null && before !== searched;
    if (isOther || (had && !has)) session.ownTextsChanged();
  }
  const reload = () => {
    load().catch((error: unknown) => {
      if (!isBusy()) fail(error);
    });
  };

  /** Does something short, and looks at what it has left. */
  async function change(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      fail(error);
    }
    reload();
  }

  /** The reading that was begun last; it ends without an error. */
  let reading: Promise<void> = Promise.resolve();
  const read = (done: TextsJob) => {
    if (!isBusy()) reading = readNow(done);
  };

  async function readNow(done: TextsJob): Promise<void> {
    controller = new AbortController();
    const { signal } = controller;
    setJob({ kind: "reading", model: null, embedded: 0, total: 0 });
    try {
      const info = await session.openModel(signal, () => undefined);
      const model = asModel(info);
      const { sentences, embedded } = await texts.library(signal, model);
      const embed = (batch: readonly string[]) =>
        session.embedTexts(
          signal,
          batch,
          (offer) => ask(offer, signal),
          () => undefined,
        );
      const isFree = await services.ifFree(async () => {
        await readWithModel(
          model,
          sentences - (embedded ?? 0),
          { texts, embed },
          (progress) => {
            if (signal.aborted || progress.phase !== "embed") return;
            setJob({ kind: "reading", model: info.name, ...progress });
          },
          signal,
        );
        setJob(done);
      });
      if (!isFree) setJob({ kind: "elsewhere" });
    } catch (error) {
      fail(error);
    }
    await change(async () => undefined);
  }

  /** Shows the offer and waits until it is taken; declining is cancelling. */
  async function ask(
    offer: Extract<Offer, { kind: "fetch-text" }>,
    signal: AbortSignal,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      accept = resolve;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      setJob({ kind: "asking", offer });
    });
    setJob({ kind: "reading", model: offer.model, embedded: 0, total: 0 });
  }

  let settling: ReturnType<typeof setTimeout> | undefined;
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(reload, SETTLE_MS);
  };
  onCleanup(services.onChange(settle));
  // Another model has read other texts.
  createEffect(
    on(session.encoder, () => {
      if (hint.read()) settle();
    }),
  );

  return {
    library,
    job,
    given,
    give: (files) => setGiven((before) => [...before, ...files]),
    putAway: (file) => setGiven((before) => before.filter((other) => other !== file)),
    draft,
    setDraft,
    load: reload,
    preview: (given) => texts.preview(never(), given),
    async add(given, record) {
      if (isBusy()) return false;
      controller = new AbortController();
      setJob({ kind: "adding", name: given.name });
      try {
        const added = await texts.add(controller.signal, given, record);
        setJob({ kind: "none" });
        // These are the person's own. Some browsers ask in turn, and the reading does not wait for the answer.
        void requestPersistence(services.storage());
        read({ kind: "added", added });
        return true;
      } catch (error) {
        fail(error);
        return false;
      }
    },
    read: () => read({ kind: "none" }),
    cancel: () => controller.abort(),
    takeOffer: () => accept(),
    dismiss,
    edit: (workId, record) => void change(() => texts.edit(never(), workId, record)),
    remove: (workIds) => void change(() => texts.remove(never(), workIds)),
    restore: (workIds) => void change(() => texts.restore(never(), workIds)),
    offerUndo() {
      const purge = () => change(() => undo.ifNone(() => texts.purge(never())));
      const begun = purge().then(() => undo.begin());
      return () => void begun.then((end) => end()).then(purge);
    },
    clear() {
      controller.abort();
      void reading
        .then(() => change(() => texts.clear(never())))
        .then(() => {
          // What was said of the texts that were there is no longer true.
          if (job().kind !== "failed") dismiss();
        });
    },
    async exportAll() {
      try {
        return await texts.exportAll(never());
      } catch (error) {
        fail(error);
        return null;
      }
    },
  };
}

/** Tells one state of what is searched from another: the works that are read, with their records. */
function searchedOf({ works }: OwnLibrary): string {
  const read = works.filter(({ sentences, embedded }) => embedded === sentences);
  return JSON.stringify(read.map(({ workId, record }) => [workId, record]));
}

/** {@link searchedOf} where there is none. */
const NONE_SEARCHED = "[]";
