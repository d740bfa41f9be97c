import { type JSX, Show } from "solid-js";
import type { EncoderInfo, StorageState } from "../../core/protocol.ts";
import type { ModelChoice } from "../models/model-choice.ts";
import type { Offline } from "../offline/create-offline.ts";

interface HeaderProps {
  readonly encoder: EncoderInfo | null;
  readonly model: ModelChoice;
  /** What is being made beside the running model, such as "CLIP ViT-B/32: 45 %"; null for nothing. */
  readonly making: string | null;
  readonly offline: Offline;
  onModels(): void;
  /** How far a model is with a person's own texts, such as "your texts: 45 %"; null while it reads none. */
  readonly reading: string | null;
  onTexts(): void;
  readonly children: JSX.Element;
}

/** The name, the ways in, and one line on what is running where. */
export function Header(props: HeaderProps) {
  return (
    <header class="site-head">
      <h1>ArteFact</h1>
      {props.children}
      <div class="site-status">
        <button
          type="button"
          class="button is-quiet model-button"
          aria-haspopup="dialog"
          onClick={() => props.onTexts()}
        >
          My texts
        </button>
        <Show when={props.reading}>
          {(reading) => <span class="numbers">reading {reading()}</span>}
        </Show>
        <button
          type="button"
          class="button is-quiet model-button"
          aria-haspopup="dialog"
          onClick={() => props.onModels()}
        >
          <span class="visually-hidden">Models. In use: </span>
          {props.encoder?.name ?? modelName(props.model)}
        </button>
        <Show when={props.making}>
          {(making) => <span class="numbers">making {making()}</span>}
        </Show>
        <Show when={props.encoder}>
          {(encoder) => <span class="wide-only">{placeWords(encoder())}</span>}
        </Show>
        <Show when={props.encoder === null ? null : storageWords(props.encoder.storage)}>
          {(words) => <span class="storage-note">{words()}</span>}
        </Show>
        <Show when={props.offline.state() === "ready"}>
          <span>works offline</span>
        </Show>
        <Show when={props.offline.state() === "update-waiting"}>
          <button type="button" class="button" onClick={() => props.offline.update()}>
            New version: reload
          </button>
        </Show>
      </div>
    </header>
  );
}

/** The model's name before it has been opened. */
function modelName(model: ModelChoice): string {
  return model.kind === "demo" ? "Demo encoder" : model.name;
}

/** What a person should know of the storage; null while there is nothing to say. */
function storageWords(storage: StorageState): string | null {
  switch (storage) {
    case "kept":
      return null;
    case "full":
      return "No room left on this device: everything works, but is downloaded again at each visit.";
    case "unavailable":
      return "This browser stores nothing for the page: everything works, but is downloaded again at each visit.";
  }
}

function placeWords({ provider }: EncoderInfo): string {
  return provider === "webgpu" ? "on the graphics card" : "on the processor";
}
