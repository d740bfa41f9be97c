import { For, Show } from "solid-js";
import { formatBytes } from "../format-bytes.ts";
import type { ModelShelf } from "./create-model-shelf.ts";
import { packName } from "./pack-name.ts";
import type { PublishedModel } from "./wanted-models.ts";

interface PublishedModelsProps {
  readonly shelf: ModelShelf;
  readonly models: readonly PublishedModel[];
  /** True where the browser was told to spare the connection. */
  readonly savesData: boolean;
}

/** Models that their makers have published: what each costs, whom it is asked of, and what stays. */
export function PublishedModels(props: PublishedModelsProps) {
  const isBusy = () => props.shelf.job().kind === "making";
  return (
    <ul class="model-list">
      <For each={props.models}>
        {(model) => (
          <li class="model" data-model={model.wanted.id}>
            <p class="model-name">{model.wanted.name}</p>
            <p>{model.description}</p>
            <p class="quiet">{costWords(model)}</p>
            <Show when={roomWords(model, props.shelf.room()?.free ?? null)}>
              {(words) => <p class="quiet model-warning">{words()}</p>}
            </Show>
            <Show when={props.savesData}>
              <p class="quiet model-warning">
                This browser is set to save data. Nothing is downloaded before you press the button.
              </p>
            </Show>
            <Show
              when={!isHere(props.shelf, model)}
              fallback={<p class="model-in-use">It is on this device.</p>}
            >
              <button
                type="button"
                class="button"
                aria-label={`${actionWords(props.shelf, model)}: ${model.wanted.name}`}
                disabled={isBusy()}
                onClick={() => props.shelf.make(model.wanted)}
              >
                {actionWords(props.shelf, model)}
              </button>
            </Show>
            <Show when={isLeft(props.shelf, model)}>
              <button
                type="button"
                class="button is-quiet"
                aria-label={`Delete what is here: ${model.wanted.name}`}
                disabled={isBusy()}
                onClick={() => props.shelf.discard(model.wanted.id)}
              >
                Delete what is here
              </button>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}

function costWords({ hosts, visionBytes, textBytes, keptBytes }: PublishedModel): string {
  return `Downloads ${formatBytes(visionBytes)} from ${hosts.join(" and ")}, converts it here, and keeps about ${formatBytes(keptBytes)}. The part for phrases, ${formatBytes(textBytes)}, is fetched when a phrase is first searched, and only if you agree.`;
}

/** Tells whether it was made already. The name is all that a made pack and an offer have in common. */
function isHere(shelf: ModelShelf, { wanted }: PublishedModel): boolean {
  return shelf.packs().some((pack) => packName(pack) === wanted.name);
}

function isLeft(shelf: ModelShelf, { wanted }: PublishedModel): boolean {
  shelf.job();
  return shelf.unfinished(wanted.id) !== null;
}

function actionWords(shelf: ModelShelf, { wanted, visionBytes }: PublishedModel): string {
  // Read again whenever a job ends: it may have left a part of a download.
  shelf.job();
  const unfinished = shelf.unfinished(wanted.id);
  if (unfinished === null) return `Download ${formatBytes(visionBytes)}`;
  if (unfinished.loaded >= unfinished.total) return "Continue: the download is here";
  return `Continue: ${formatBytes(unfinished.loaded)} of ${formatBytes(unfinished.total)} are here`;
}

function roomWords({ visionBytes, keptBytes }: PublishedModel, free: number | null): string | null {
  const needed = visionBytes + keptBytes;
  if (free === null || free >= needed) return null;
  return `This browser offers ${formatBytes(free)} of room, and ${formatBytes(needed)} are needed meanwhile. The model may work until the page is closed, but not be kept.`;
}
