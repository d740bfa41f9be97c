import { For, Show } from "solid-js";
import { formatBytes } from "../format-bytes.ts";
import {
  downloadTotals,
  itemWords,
  type ProgressView,
  stepWords,
} from "../session/progress-view.ts";

interface LoadProgressProps {
  readonly name: string;
  readonly progress: ProgressView;
  onCancel(): void;
}

/** What is being waited for, in bytes and steps, and the way out. */
export function LoadProgress(props: LoadProgressProps) {
  const totals = () => downloadTotals(props.progress);
  const isDownloading = () => totals().loaded < totals().total;
  const step = () => (props.progress.step === null ? "Starting" : stepWords(props.progress.step));
  return (
    <div class="load-progress">
      <p class="load-title">{isDownloading() ? "Downloading what is needed once" : step()}</p>
      <Show when={isDownloading()} fallback={<progress aria-label={`${step()}: ${props.name}`} />}>
        <progress aria-label="Download" value={totals().loaded} max={totals().total} />
      </Show>
      <Show when={totals().total > 0}>
        <ul class="load-items numbers">
          <For each={Object.entries(props.progress.downloads)}>
            {([item, { loaded, total }]) => (
              <li>
                <span>{itemWords(item)}</span>{" "}
                <span>
                  {formatBytes(loaded)} of {formatBytes(total)}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <button type="button" class="button" onClick={() => props.onCancel()}>
        Cancel
      </button>
    </div>
  );
}
