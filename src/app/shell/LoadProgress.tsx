import { For, Match, Show, Switch } from "solid-js";
import { formatBytes } from "../format-bytes.ts";
import {
  downloadTotals,
  itemWords,
  type ProgressView,
  stepWords,
} from "../session/progress-view.ts";
import { createDownloadWords, createPaceWords } from "./create-pace-words.ts";

const count = new Intl.NumberFormat("en");

interface LoadProgressProps {
  readonly name: string;
  readonly progress: ProgressView;
  onCancel(): void;
}

/** What is being waited for, in bytes and steps, and the way out. */
export function LoadProgress(props: LoadProgressProps) {
  const totals = () => downloadTotals(props.progress);
  const isDownloading = () => totals().loaded < totals().total;
  const sentences = () => props.progress.sentences ?? { embedded: 0, total: 0 };
  const isEmbedding = () => !isDownloading() && sentences().embedded < sentences().total;
  const timeLeft = createPaceWords(
    () => sentences().embedded,
    () => sentences().total,
    { stalled: "" },
  );
  const downloadWords = createDownloadWords(
    () => totals().loaded,
    () => totals().total,
  );
  const converting = () => props.progress.converting ?? { loaded: 0, total: 0 };
  const isConverting = () => !isDownloading() && converting().loaded < converting().total;
  const step = () => (props.progress.step === null ? "Starting" : stepWords(props.progress.step));
  const title = () => {
    if (isDownloading()) return "Downloading what is needed once";
    if (isConverting()) return "Converting the model on this device";
    return isEmbedding() ? "Embedding the sentences on this device" : step();
  };
  return (
    <div class="load-progress">
      <p class="load-title">{title()}</p>
      <Switch fallback={<progress aria-label={`${step()}: ${props.name}`} />}>
        <Match when={isDownloading()}>
          <progress aria-label="Download" value={totals().loaded} max={totals().total} />
          <Show when={downloadWords()}>
            {(words) => <p class="load-pace numbers">{words()}</p>}
          </Show>
        </Match>
        <Match when={isConverting()}>
          <progress aria-label="Conversion" value={converting().loaded} max={converting().total} />
        </Match>
        <Match when={isEmbedding()}>
          <progress
            aria-label="Sentences embedded"
            value={sentences().embedded}
            max={sentences().total}
          />
          <p class="numbers">
            {count.format(sentences().embedded)} of {count.format(sentences().total)} sentences
            <Show when={timeLeft()}>{(words) => <>, {words()}</>}</Show>. What is done is kept.
          </p>
        </Match>
      </Switch>
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
