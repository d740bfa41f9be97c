import { type JSX, Show } from "solid-js";
import type { EncoderInfo, StorageState } from "../../core/protocol.ts";
import type { Offline } from "../offline/create-offline.ts";

interface HeaderProps {
  readonly encoder: EncoderInfo | null;
  readonly offline: Offline;
  readonly children: JSX.Element;
}

/** The name, the ways in, and one line on what is running where. */
export function Header(props: HeaderProps) {
  return (
    <header class="site-head">
      <h1>ArteFact</h1>
      {props.children}
      <p class="site-status">
        <Show when={props.encoder}>
          {(encoder) => <span class="wide-only">{runningWords(encoder())}</span>}
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
      </p>
    </header>
  );
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

function runningWords(encoder: EncoderInfo): string {
  const place = encoder.provider === "webgpu" ? "graphics card" : "processor";
  return `${encoder.name} on the ${place}`;
}
