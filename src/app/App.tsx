import { createMemo, createSignal, Match, onMount, Show, Switch } from "solid-js";
import { type HeatGrain, mapAt } from "./heat/heat-field.ts";
import type { HeatStyle } from "./heat/paint-heat.ts";
import type { Offline } from "./offline/create-offline.ts";
import type { SampleShelf } from "./open/create-sample-shelf.ts";
import { DropTarget } from "./open/DropTarget.tsx";
import { OpenPicture } from "./open/OpenPicture.tsx";
import { releaseUnusedPictures } from "./open/release-unused.ts";
import { SampleStrip } from "./open/SampleStrip.tsx";
import { ResultPanel } from "./results/ResultPanel.tsx";
import type { Session } from "./session/session.ts";
import { type SessionState, shownIn } from "./session/session-state.ts";
import { About } from "./shell/About.tsx";
import { Announcer } from "./shell/Announcer.tsx";
import { ErrorNotice } from "./shell/ErrorNotice.tsx";
import { Header } from "./shell/Header.tsx";
import { LoadProgress } from "./shell/LoadProgress.tsx";
import { OfferNotice } from "./shell/OfferNotice.tsx";
import { PictureStage } from "./stage/PictureStage.tsx";
import { StageTools } from "./stage/StageTools.tsx";

interface AppProps {
  readonly session: Session;
  readonly offline: Offline;
  readonly shelf: SampleShelf;
}

/** The page. It reads the session's state and calls its actions; nothing here fetches or computes. */
export function App(props: AppProps) {
  const [heatStyle, setHeatStyle] = createSignal<HeatStyle>("spotlight");
  const [grain, setGrain] = createSignal<HeatGrain>("smooth");
  const state = () => props.session.state();
  const shown = createMemo(() => shownIn(state()));
  const loading = createMemo(() => inKind(state(), "loading"));
  const failed = createMemo(() => inKind(state(), "failed"));
  const onStage = createMemo(() => {
    const pending = loading();
    return pending === null ? shown() : { picture: pending.picture, encoded: pending.encoded };
  });
  const map = createMemo(() => (loading() === null ? currentMap(state()) : null));

  onMount(() => props.shelf.load());
  releaseUnusedPictures(state);

  return (
    <>
      <DropTarget
        onPicture={(picture) => props.session.openPicture(picture)}
        onRefused={(error) => props.session.refuse(error)}
      />
      <Header encoder={props.session.encoder()} offline={props.offline}>
        <OpenPicture
          onPicture={(picture) => props.session.openPicture(picture)}
          onRefused={(error) => props.session.refuse(error)}
        />
      </Header>
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
        <Match when={failed()}>
          {(failure) => (
            <ErrorNotice
              error={failure().error}
              canRetry={failure().picture !== null || failure().previous !== null}
              onRetry={() => props.session.retry()}
              onDismiss={() => props.session.dismiss()}
            />
          )}
        </Match>
      </Switch>
      <main class="workspace" data-kind={onStage() === null ? "empty" : "picture"}>
        <section class="stage" aria-label="Picture">
          <Show when={onStage()} fallback={<EmptyWall shelf={props.shelf} />}>
            {(staged) => (
              <PictureStage
                picture={staged().picture}
                encoded={staged().encoded}
                region={state().choices.region}
                map={map()}
                heatStyle={heatStyle()}
                grain={grain()}
                onRegion={(region) => props.session.chooseRegion(region)}
              />
            )}
          </Show>
          <Show when={loading() === null && shown()}>
            {(there) => (
              <StageTools
                session={props.session}
                shown={there()}
                map={map()}
                heatStyle={heatStyle()}
                grain={grain()}
                onHeatStyle={setHeatStyle}
                onGrain={setGrain}
              />
            )}
          </Show>
        </section>
        <Show when={onStage()}>
          <section class="results" aria-label="Sentences">
            <Show when={state().offer}>
              {(offer) => (
                <OfferNotice
                  offer={offer()}
                  onTake={() => props.session.takeOffer()}
                  onDecline={() => props.session.cancel()}
                />
              )}
            </Show>
            <Switch>
              <Match when={state().offer === null && loading()}>
                {(pending) => (
                  <LoadProgress
                    name={pending().picture.name}
                    progress={pending().progress}
                    onCancel={() => props.session.cancel()}
                  />
                )}
              </Match>
              <Match when={shown()}>
                {(there) => (
                  <ResultPanel
                    session={props.session}
                    shown={there()}
                    isSearching={isSearching(state())}
                  />
                )}
              </Match>
            </Switch>
          </section>
          <section class="shelf" aria-label="Other pictures">
            <h2>Samples</h2>
            <SampleStrip
              samples={props.shelf.samples()}
              size="strip"
              current={onStage()?.picture.url ?? null}
              onChoose={(sample) => props.shelf.choose(sample)}
            />
          </section>
        </Show>
      </main>
      <About encoder={props.session.encoder()} edition={props.session.edition()} />
      <Announcer state={state()} />
    </>
  );
}

function EmptyWall(props: { readonly shelf: SampleShelf }) {
  return (
    <div class="wall is-empty">
      <p class="invitation">Choose a picture, or drop your own. It stays on this device.</p>
      <SampleStrip
        samples={props.shelf.samples()}
        size="wall"
        current={null}
        onChoose={(sample) => props.shelf.choose(sample)}
      />
    </div>
  );
}

function inKind<K extends SessionState["kind"]>(
  state: SessionState,
  kind: K,
): Extract<SessionState, { kind: K }> | null {
  return state.kind === kind ? (state as Extract<SessionState, { kind: K }>) : null;
}

function isSearching(state: SessionState): boolean {
  return state.kind === "showing" && state.isSearching;
}

/** The map of the pinned sentence, else of the one under pointer or focus. */
function currentMap(state: SessionState): Float32Array | null {
  const shown = shownIn(state);
  const row = state.pinned ?? state.current;
  const maps = shown?.results.maps[state.choices.method];
  if (shown === null || row === null || maps === undefined) return null;
  const index = shown.results.answer.found.findIndex((sentence) => sentence.row === row);
  return mapAt(maps, index, shown.encoded.view.grid);
}
