import { Match, Show, Switch } from "solid-js";
import { errorWords } from "../error-words.ts";
import { formatBytes } from "../format-bytes.ts";
import { downloadTotals, type ProgressView } from "../session/progress-view.ts";
import { createDownloadWords, createPaceWords } from "../shell/create-pace-words.ts";
import type { ModelShelf, ShelfJob } from "./create-model-shelf.ts";
import { packName } from "./pack-name.ts";

interface MakeStatusProps {
  readonly shelf: ModelShelf;
}

/** What the shelf is at, or how its last job ended, with the way out or the way on. */
export function MakeStatus(props: MakeStatusProps) {
  const job = () => props.shelf.job();
  return (
    <Switch>
      <Match when={ofKind(job(), "making")}>
        {(making) => (
          <Making
            name={making().wanted.name}
            progress={making().progress}
            onCancel={() => props.shelf.cancel()}
          />
        )}
      </Match>
      <Match when={ofKind(job(), "failed")}>
        {(failed) => {
          const words = () => errorWords(failed().error);
          const again = () => failed().wanted;
          return (
            <div class="make-status is-failed" role="alert" data-code={failed().error.code}>
              <p class="notice-title">{words().title}</p>
              <p>{words().sentence}</p>
              <div class="notice-actions">
                <Show when={again()}>
                  {(wanted) => (
                    <button type="button" class="button" onClick={() => props.shelf.make(wanted())}>
                      Try again
                    </button>
                  )}
                </Show>
                <button type="button" class="button is-quiet" onClick={() => props.shelf.dismiss()}>
                  Close
                </button>
              </div>
            </div>
          );
        }}
      </Match>
      <Match when={ofKind(job(), "made")}>
        {(made) => (
          <div class="make-status">
            <p>{madeWords(made())}</p>
          </div>
        )}
      </Match>
      <Match when={ofKind(job(), "cancelled")}>
        {(cancelled) => (
          <div class="make-status">
            <p>
              Cancelled. What was downloaded of {cancelled().wanted.name} is kept, and the download
              goes on from there.
            </p>
          </div>
        )}
      </Match>
    </Switch>
  );
}

function Making(props: {
  readonly name: string;
  readonly progress: ProgressView;
  onCancel(): void;
}) {
  const download = () => downloadTotals(props.progress);
  const converting = () => (props.progress.converting?.total ? props.progress.converting : null);
  const current = () => converting() ?? (download().total > 0 ? download() : null);
  const pace = createDownloadWords(
    () => download().loaded,
    () => download().total,
  );
  const conversionLeft = createPaceWords(
    () => converting()?.loaded ?? 0,
    () => converting()?.total ?? 0,
    { stalled: "" },
  );
  return (
    <div class="make-status" data-phase={converting() === null ? "download" : "convert"}>
      <p class="load-title">
        {converting() === null ? "Downloading" : "Converting"} {props.name}
      </p>
      {/* Without a value it shows that something is under way. */}
      <Show when={current()} fallback={<progress aria-label="Preparation" />}>
        {(part) => (
          <progress
            aria-label={converting() === null ? "Download" : "Conversion"}
            value={part().loaded}
            max={part().total}
          />
        )}
      </Show>
      <p class="numbers quiet make-numbers">
        <Show
          when={converting()}
          fallback={
            <Show when={download().total > 0} fallback="Asking the server">
              {formatBytes(download().loaded)} of {formatBytes(download().total)}
              <Show when={pace()}>{(words) => <>; {words()}</>}</Show>
            </Show>
          }
        >
          {(part) => (
            <>
              {Math.floor((part().loaded / part().total) * 100)} % converted
              <Show when={conversionLeft()}>{(words) => <>, {words()}</>}</Show>. This needs no
              network.
            </>
          )}
        </Show>
      </p>
      <button type="button" class="button" onClick={() => props.onCancel()}>
        Cancel
      </button>
    </div>
  );
}

function madeWords({ pack }: Extract<ShelfJob, { kind: "made" }>): string {
  const kept = `${packName(pack)} is ready and in use.`;
  switch (pack.storage) {
    case "kept":
      return `${kept} It is kept on this device: ${formatBytes(pack.bytes)}.`;
    case "full":
      return `${kept} There is no room to keep it, so it is gone when this page is closed.`;
    case "unavailable":
      return `${kept} This browser stores nothing for the page, so it is gone when this page is closed.`;
  }
}

function ofKind<K extends ShelfJob["kind"]>(
  job: ShelfJob,
  kind: K,
): Extract<ShelfJob, { kind: K }> | null {
  return job.kind === kind ? (job as Extract<ShelfJob, { kind: K }>) : null;
}
