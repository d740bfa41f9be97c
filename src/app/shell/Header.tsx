import { type JSX, Show } from "solid-js";
import type { EncoderInfo } from "../../core/protocol.ts";
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

function runningWords(encoder: EncoderInfo): string {
  const place = encoder.provider === "webgpu" ? "graphics card" : "processor";
  return `${encoder.name} on the ${place}`;
}
