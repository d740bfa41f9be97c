import { Show } from "solid-js";
import { errorDetail } from "../error-detail.ts";
import { errorWords } from "../error-words.ts";

interface ReadErrorProps {
  readonly error: unknown;
  /** Reads once more; without it there is nothing to be done here. */
  readonly onRetry?: () => void;
}

/** In the place of something that could not be read: why, and the way on. */
export function ReadError(props: ReadErrorProps) {
  const words = () => errorWords(errorDetail(props.error));
  return (
    <p role="alert">
      {words().title}. {words().sentence}
      <Show when={props.onRetry}>
        {(retry) => (
          <>
            {" "}
            <button type="button" class="button is-quiet" onClick={() => retry()()}>
              Try again
            </button>
          </>
        )}
      </Show>
    </p>
  );
}
