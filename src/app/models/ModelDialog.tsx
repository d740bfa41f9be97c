import { createMemo, createSignal, onMount, Show } from "solid-js";
import { Dialog } from "../controls/Dialog.tsx";
import { keepDrops } from "../controls/keep-drops.ts";
import { formatBytes } from "../format-bytes.ts";
import { createSteadyMessage } from "../shell/create-steady-message.ts";
import type { ModelShelf } from "./create-model-shelf.ts";
import { DeviceModels } from "./DeviceModels.tsx";
import { MakeStatus } from "./MakeStatus.tsx";
import type { ModelChoice } from "./model-choice.ts";
import { OwnModel } from "./OwnModel.tsx";
import { PublishedModels } from "./PublishedModels.tsx";
import { shelfAnnouncement } from "./shelf-announcement.ts";
import { ownWish, publishedModels } from "./wanted-models.ts";
import "./models.css";

export interface ModelDialogProps {
  readonly shelf: ModelShelf;
  readonly model: ModelChoice;
  readonly mirror: string | null;
  readonly savesData: boolean;
  onClose(): void;
}

/** The model shelf: what is here, what is published, and a person's own. Loaded when it is first opened. */
export function ModelDialog(props: ModelDialogProps) {
  const [ownAdapter, setOwnAdapter] = createSignal<readonly File[]>([]);
  const [remark, setRemark] = createSignal<string | null>(null);
  const models = createMemo(() => publishedModels(props.mirror, ownAdapter()));
  const isBusy = () => props.shelf.job().kind === "making";
  const message = createSteadyMessage(() => ({
    words: shelfAnnouncement(props.shelf.job()),
    occasion: props.shelf.job().kind,
  }));

  onMount(() => props.shelf.load());

  const take = (files: readonly File[]) => {
    const wish = ownWish(files);
    setRemark(wish.kind === "nothing" ? "No files were in what you gave." : null);
    if (wish.kind === "model") props.shelf.make(wish.wanted);
    if (wish.kind === "adapter") {
      setOwnAdapter(wish.files);
      setRemark("These files are an adapter. It needs a model: choose one above, or its files.");
    }
  };
  return (
    <Dialog title="Models" width="wide" onElement={keepDrops} onClose={() => props.onClose()}>
      <div class="model-sheet">
        <p>
          A model turns pictures and sentences into numbers that can be compared. Whichever you
          choose, it computes on this device, and your pictures stay here.
        </p>
        <MakeStatus shelf={props.shelf} />
        <section>
          <h3>On this device</h3>
          <DeviceModels shelf={props.shelf} model={props.model} />
        </section>
        <section>
          <h3>Published models</h3>
          <PublishedModels shelf={props.shelf} models={models()} savesData={props.savesData} />
        </section>
        <section>
          <h3>Your own files</h3>
          <OwnModel isBusy={isBusy()} remark={remark()} onFiles={take} />
        </section>
        <Show when={props.shelf.room()}>
          {(room) => <p class="quiet storage-room">{roomWords(room())}</p>}
        </Show>
        <p class="visually-hidden" role="status">
          {message()}
        </p>
      </div>
    </Dialog>
  );
}

function roomWords({ isPersistent, free }: { isPersistent: boolean; free: number | null }): string {
  const promise = isPersistent
    ? "The browser keeps what is stored here until you remove it."
    : "The browser may clear what is stored here when the device runs short of room.";
  return free === null ? promise : `${promise} It offers ${formatBytes(free)} more.`;
}
