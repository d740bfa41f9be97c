import { createSignal, For, Show } from "solid-js";
import type { MadePack } from "../../core/protocol.ts";
import { formatBytes } from "../format-bytes.ts";
import type { ModelShelf } from "./create-model-shelf.ts";
import { DEMO_CHOICE, isSameChoice, type ModelChoice } from "./model-choice.ts";
import { packName } from "./pack-name.ts";

interface DeviceModelsProps {
  readonly shelf: ModelShelf;
  readonly model: ModelChoice;
}

/** The models that can be used at once: the demo encoder, and what was made on this device. */
export function DeviceModels(props: DeviceModelsProps) {
  const isInUse = (choice: ModelChoice) => isSameChoice(props.model, choice);
  return (
    <ul class="model-list">
      <li class="model" data-in-use={isInUse(DEMO_CHOICE)}>
        <p class="model-name">Demo encoder</p>
        <p class="quiet">
          Comes with the page. Small and quick; it knows drawings and some hundred words.
        </p>
        <UseButton
          isInUse={isInUse(DEMO_CHOICE)}
          name="Demo encoder"
          onUse={() => props.shelf.useDemo()}
        />
      </li>
      <For each={props.shelf.packs()}>
        {(pack) => (
          <MadeModel
            pack={pack}
            isInUse={isInUse({ kind: "made", packId: pack.packId, name: pack.name })}
            onUse={() => props.shelf.use(pack)}
            onRemove={() => props.shelf.remove(pack)}
          />
        )}
      </For>
    </ul>
  );
}

function MadeModel(props: {
  readonly pack: MadePack;
  readonly isInUse: boolean;
  onUse(): void;
  onRemove(): void;
}) {
  const [isAsking, setIsAsking] = createSignal(false);
  return (
    <li class="model" data-in-use={props.isInUse}>
      <p class="model-name">{packName(props.pack)}</p>
      <p class="quiet">{packWords(props.pack)}</p>
      <Show
        when={isAsking()}
        fallback={
          <div class="model-actions">
            <UseButton isInUse={props.isInUse} name={packName(props.pack)} onUse={props.onUse} />
            <button
              type="button"
              class="button is-quiet"
              aria-label={`Remove ${packName(props.pack)}`}
              onClick={() => setIsAsking(true)}
            >
              Remove
            </button>
          </div>
        }
      >
        <fieldset class="model-actions">
          <legend class="model-question">
            Remove {packName(props.pack)}? Its files would have to be downloaded or chosen again.
          </legend>
          <button
            type="button"
            class="button"
            ref={(button) => queueMicrotask(() => button.focus())}
            onClick={() => setIsAsking(false)}
          >
            Keep it
          </button>
          <button type="button" class="button is-danger" onClick={() => props.onRemove()}>
            Remove it
          </button>
        </fieldset>
      </Show>
    </li>
  );
}

function UseButton(props: { readonly isInUse: boolean; readonly name: string; onUse(): void }) {
  return (
    <Show when={!props.isInUse} fallback={<p class="model-in-use">In use</p>}>
      <button
        type="button"
        class="button"
        aria-label={`Use ${props.name}`}
        onClick={() => props.onUse()}
      >
        Use
      </button>
    </Show>
  );
}

function packWords({ bytes, hasText, storage }: MadePack): string {
  const parts = hasText ? "reads pictures and phrases" : "reads pictures; not yet phrases";
  return `${formatBytes(bytes)}, ${parts}. ${STORAGE_WORDS[storage]}`;
}

const STORAGE_WORDS = {
  kept: "Kept on this device.",
  full: "Not kept for want of room: gone when this page is closed.",
  unavailable: "Not kept, because this browser stores nothing here: gone when this page is closed.",
} as const;
