import { Show } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import { errorWords } from "../error-words.ts";

interface ErrorNoticeProps {
  readonly error: AppErrorDetail;
  /** True where there is something to try again. */
  readonly canRetry: boolean;
  /** True where another model than the page's own runs, which may be what failed. */
  readonly canUseDemo?: boolean;
  onRetry(): void;
  onUseDemo?(): void;
  onDismiss(): void;
}

/** A failure in one clear sentence, with what can be done about it. The page stays usable around it. */
export function ErrorNotice(props: ErrorNoticeProps) {
  const words = () => errorWords(props.error);
  return (
    <div class="notice" role="alert" data-code={props.error.code}>
      <div>
        <p class="notice-title">{words().title}</p>
        <p>{words().sentence}</p>
      </div>
      <div class="notice-actions">
        <Show when={words().action === "retry" && props.canRetry}>
          <button type="button" class="button" onClick={() => props.onRetry()}>
            Try again
          </button>
        </Show>
        <Show when={props.canUseDemo === true && isAboutModel(props.error)}>
          <button type="button" class="button" onClick={() => props.onUseDemo?.()}>
            Use the demo encoder
          </button>
        </Show>
        <Show when={words().action === "reload"}>
          <button type="button" class="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </Show>
        <button type="button" class="button is-quiet" onClick={() => props.onDismiss()}>
          Close
        </button>
      </div>
    </div>
  );
}

/** Tells whether another model could help against a failure. */
function isAboutModel(error: AppErrorDetail): boolean {
  switch (error.code) {
    case "worker-crashed":
      return error.worker === "encoder";
    case "device-lost":
    case "model-mismatch":
    case "model-unknown":
    case "pack-corrupt":
    case "pack-version":
    case "self-test-failed":
    case "session-failed":
    case "text-tower-missing":
    case "unexpected":
    case "weights-invalid":
      return true;
    default:
      return false;
  }
}
