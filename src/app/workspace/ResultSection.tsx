import { createMemo, Match, onMount, Show, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";
import { createLazy } from "../controls/create-lazy.ts";
import { errorDetail } from "../error-detail.ts";
import { DEMO_CHOICE } from "../models/model-choice.ts";
import type { TextShelf } from "../own-texts/create-text-shelf.ts";
import type { ListView } from "../results/create-list-view.ts";
import type { ResultPanelProps } from "../results/ResultPanel.tsx";
import type { ProgressView } from "../session/progress-view.ts";
import type { Session } from "../session/session.ts";
import { type Offer, type SessionState, shownIn, stateIn } from "../session/session-state.ts";
import { LoadProgress } from "../shell/LoadProgress.tsx";
import { OfferNotice } from "../shell/OfferNotice.tsx";

interface ResultSectionProps {
  readonly session: Session;
  readonly texts: TextShelf;
  readonly view: ListView;
}

/** Beside the picture: what a run asks, else what it waits for, else the sentences. */
export function ResultSection(props: ResultSectionProps) {
  // Fetched while the picture is read; before one is chosen nobody needs it.
  const panel = createLazy<ResultPanelProps>(
    async () => (await import("../results/ResultPanel.tsx")).ResultPanel,
    (error) => props.session.refuse(errorDetail(error)),
  );
  onMount(panel.load);
  const state = () => props.session.state();
  const shown = createMemo(() => shownIn(state()));
  const loading = createMemo(() => stateIn(state(), "loading"));
  return (
    <section class="results" aria-label="Sentences">
      <Show when={state().offer}>
        {(offer) => (
          <OfferNotice
            offer={offer()}
            onTake={() => props.session.takeOffer()}
            onDecline={() => decline(props.session, offer())}
          />
        )}
      </Show>
      <Switch>
        <Match when={state().offer === null && loading()}>
          {(pending) => (
            <LoadProgress
              name={pending().picture?.name ?? "words"}
              progress={pending().progress}
              onCancel={() => props.session.cancel()}
            />
          )}
        </Match>
        <Match when={shown()}>
          {(there) => (
            <Show when={panel.component()}>
              {(component) => (
                <Dynamic
                  component={component()}
                  session={props.session}
                  texts={props.texts}
                  view={props.view}
                  shown={there()}
                  search={searchUnderWay(state())}
                />
              )}
            </Show>
          )}
        </Match>
      </Switch>
    </section>
  );
}

/** Without its sentences a model finds nothing: declining them is going back to the one that has them. */
function decline(session: Session, offer: Offer): void {
  if (offer.kind === "embed-sentences" && offer.canUseDemo) session.chooseModel(DEMO_CHOICE);
  else session.cancel();
}

/** How far the search is that renews the list; null while the list is complete. */
function searchUnderWay(state: SessionState): ProgressView | null {
  // While something is asked nothing is under way: the list that stands can be read.
  return state.kind === "showing" && state.isSearching && state.offer === null
    ? state.progress
    : null;
}
