import type { EncoderInfo } from "../../core/protocol.ts";
import { type SessionState, shownIn } from "../session/session-state.ts";
import { announcement } from "./announcement.ts";
import { createSteadyMessage } from "./create-steady-message.ts";

interface AnnouncerProps {
  readonly state: SessionState;
  readonly encoder: EncoderInfo | null;
}

/** The page's polite live region. */
export function Announcer(props: AnnouncerProps) {
  const message = createSteadyMessage(() => ({
    words: announcement(props.state, props.encoder),
    // Equal words about another run are news: the same sentences were found again.
    occasion: occasionOf(props.state),
  }));
  return (
    <p class="visually-hidden" role="status">
      {message()}
    </p>
  );
}

function occasionOf(state: SessionState): number {
  return state.kind === "showing" && state.cancelledRun !== state.run
    ? (shownIn(state)?.results.run ?? state.run)
    : state.run;
}
