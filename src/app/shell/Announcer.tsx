import { createEffect, createSignal, on, onCleanup } from "solid-js";
import type { SessionState } from "../session/session-state.ts";
import { announcement } from "./announcement.ts";

interface AnnouncerProps {
  readonly state: SessionState;
}

/** Least time between two announcements, in milliseconds, so that a screen reader can finish one. */
const PAUSE = 1000;

/** The one polite live region. A newer message replaces one that still waits. */
export function Announcer(props: AnnouncerProps) {
  const [message, setMessage] = createSignal("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = 0;

  createEffect(
    on(
      () => announcement(props.state),
      (next) => {
        if (next === "") return;
        clearTimeout(timer);
        const wait = Math.max(0, last + PAUSE - performance.now());
        timer = setTimeout(() => {
          last = performance.now();
          setMessage(next);
        }, wait);
      },
    ),
  );
  onCleanup(() => clearTimeout(timer));

  return (
    <p class="visually-hidden" role="status">
      {message()}
    </p>
  );
}
