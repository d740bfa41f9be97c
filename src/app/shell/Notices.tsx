import { Match, Switch } from "solid-js";
import { DEMO_CHOICE } from "../models/model-choice.ts";
import type { Session } from "../session/session.ts";
import { stateIn } from "../session/session-state.ts";
import { ErrorNotice } from "./ErrorNotice.tsx";

/** What went wrong, one thing at a time: what could not be taken, else what a run ended with. */
export function Notices(props: { readonly session: Session }) {
  const state = () => props.session.state();
  return (
    <Switch>
      <Match when={state().refused}>
        {(error) => (
          <ErrorNotice
            error={error()}
            canRetry={false}
            onRetry={() => props.session.retry()}
            onDismiss={() => props.session.dismissRefusal()}
          />
        )}
      </Match>
      <Match when={stateIn(state(), "failed")}>
        {(failure) => (
          <ErrorNotice
            error={failure().error}
            canRetry={
              failure().picture !== null ||
              failure().previous !== null ||
              state().choices.phrase !== null
            }
            canUseDemo={props.session.model().kind === "made"}
            onUseDemo={() => props.session.chooseModel(DEMO_CHOICE)}
            onRetry={() => props.session.retry()}
            onDismiss={() => props.session.dismiss()}
          />
        )}
      </Match>
    </Switch>
  );
}
