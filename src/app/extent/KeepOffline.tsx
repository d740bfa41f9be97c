import { Match, Show, Switch } from "solid-js";
import { errorWords } from "../error-words.ts";
import { formatBytes } from "../format-bytes.ts";
import { createDownloadWords } from "../shell/create-pace-words.ts";
import type { KeepJob, KeptEdition } from "./create-kept-edition.ts";

interface KeepOfflineProps {
  readonly kept: KeptEdition;
}

/** Downloading the whole edition for use offline: the offer, how far it is, what is kept, and how to be rid of it. */
export function KeepOffline(props: KeepOfflineProps) {
  const state = () => props.kept.state();
  const bytes = () => state()?.bytes ?? 0;
  const total = () => state()?.total ?? 0;
  const isKept = () => total() > 0 && bytes() >= total();
  const cannotKeep = () => state()?.storage === "none";
  return (
    <div class="keep-offline">
      <Switch>
        <Match when={jobOf(props.kept.job(), "downloading")}>
          {(job) => <Downloading {...job()} onCancel={() => props.kept.cancel()} />}
        </Match>
        <Match when={jobOf(props.kept.job(), "failed")}>
          {(failed) => (
            <div class="keep-failed" role="alert" data-code={failed().error.code}>
              <p class="notice-title">{errorWords(failed().error).title}</p>
              <p>{errorWords(failed().error).sentence}</p>
              <div class="notice-actions">
                <button type="button" class="button" onClick={() => props.kept.download()}>
                  {bytes() > 0 ? "Go on" : "Try again"}
                </button>
                <button type="button" class="button is-quiet" onClick={() => props.kept.dismiss()}>
                  Close
                </button>
              </div>
            </div>
          )}
        </Match>
        <Match when={cannotKeep()}>
          <p class="quiet">This browser stores nothing for the page, so nothing can be kept.</p>
        </Match>
        <Match when={isKept()}>
          <p role="status">All of it is kept on this device: {formatBytes(total())}.</p>
          <Remove kept={props.kept} />
        </Match>
        <Match when={bytes() > 0}>
          <p>
            {formatBytes(bytes())} of {formatBytes(total())} are kept on this device.
          </p>
          <div class="notice-actions">
            <button type="button" class="button" onClick={() => props.kept.download()}>
              Download the rest ({formatBytes(total() - bytes())})
            </button>
            <Remove kept={props.kept} />
          </div>
        </Match>
        <Match when={total() > 0}>
          <button type="button" class="button" onClick={() => props.kept.download()}>
            Download all for offline use ({formatBytes(total())})
          </button>
        </Match>
      </Switch>
      <Show when={state()?.cache === "full" && !cannotKeep()}>
        <p class="quiet">
          There is no room left on this device: what a search fetches is not kept.
        </p>
      </Show>
    </div>
  );
}

function Remove(props: { readonly kept: KeptEdition }) {
  return (
    <button
      type="button"
      class="button is-quiet"
      disabled={props.kept.job().kind === "removing"}
      onClick={() => props.kept.remove()}
    >
      Remove from this device
    </button>
  );
}

function Downloading(props: { readonly loaded: number; readonly total: number; onCancel(): void }) {
  const pace = createDownloadWords(
    () => props.loaded,
    () => props.total,
  );
  return (
    <div class="keep-progress">
      <progress aria-label="Download for offline use" value={props.loaded} max={props.total} />
      <p class="numbers quiet">
        {formatBytes(props.loaded)} of {formatBytes(props.total)}
        <Show when={pace()}>{(words) => <>; {words()}</>}</Show>. What is here is kept.
      </p>
      <button type="button" class="button" onClick={() => props.onCancel()}>
        Cancel
      </button>
    </div>
  );
}

function jobOf<K extends KeepJob["kind"]>(
  job: KeepJob,
  kind: K,
): Extract<KeepJob, { kind: K }> | null {
  return job.kind === kind ? (job as Extract<KeepJob, { kind: K }>) : null;
}
