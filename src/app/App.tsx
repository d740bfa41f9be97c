import { type Component, createMemo, createSignal, Match, onMount, Show, Switch } from "solid-js";
import { Dynamic } from "solid-js/web";
import { errorDetail } from "./error-detail.ts";
import { type HeatGrain, mapAt } from "./heat/heat-field.ts";
import type { HeatStyle } from "./heat/paint-heat.ts";
import type { ModelShelf } from "./models/create-model-shelf.ts";
import type { ModelDialogProps } from "./models/ModelDialog.tsx";
import { makingWords } from "./models/making-words.ts";
import { DEMO_CHOICE } from "./models/model-choice.ts";
import type { Offline } from "./offline/create-offline.ts";
import type { SampleShelf } from "./open/create-sample-shelf.ts";
import { DropTarget } from "./open/DropTarget.tsx";
import { OpenPicture } from "./open/OpenPicture.tsx";
import { releaseUnusedPictures } from "./open/release-unused.ts";
import { SampleStrip } from "./open/SampleStrip.tsx";
import { PhraseField } from "./query/PhraseField.tsx";
import { ResultPanel } from "./results/ResultPanel.tsx";
import type { SafeStart } from "./safe-start/create-safe-start.ts";
import { SafeNotice } from "./safe-start/SafeNotice.tsx";
import type { ProgressView } from "./session/progress-view.ts";
import type { Session } from "./session/session.ts";
import {
  mappedView,
  type Offer,
  type SessionState,
  shownIn,
  shownPictureIn,
} from "./session/session-state.ts";
import { About } from "./shell/About.tsx";
import { Announcer } from "./shell/Announcer.tsx";
import { ErrorNotice } from "./shell/ErrorNotice.tsx";
import { Header } from "./shell/Header.tsx";
import { keepFocus } from "./shell/keep-focus.ts";
import { LoadProgress } from "./shell/LoadProgress.tsx";
import { OfferNotice } from "./shell/OfferNotice.tsx";
import { PictureStage } from "./stage/PictureStage.tsx";
import { StageTools } from "./stage/StageTools.tsx";

interface AppProps {
  readonly session: Session;
  readonly offline: Offline;
  readonly shelf: SampleShelf;
  readonly models: ModelShelf;
  readonly safe: SafeStart;
  /** The server that stands in for the model hubs, or null. */
  readonly mirror: string | null;
  /** True where the browser was told to spare the connection. */
  readonly savesData: boolean;
}

/** The page. It reads the session's state and calls its actions; nothing here fetches or computes. */
export function App(props: AppProps) {
  const [heatStyle, setHeatStyle] = createSignal<HeatStyle>("spotlight");
  const [grain, setGrain] = createSignal<HeatGrain>("smooth");
  const [isPhraseMapped, setIsPhraseMapped] = createSignal(false);
  const [isMarking, setIsMarking] = createSignal(false);
  const [modelDialog, setModelDialog] = createSignal<Component<ModelDialogProps>>();
  const state = () => props.session.state();
  const shown = createMemo(() => shownIn(state()));
  const shownPicture = createMemo(() => shownPictureIn(state()));
  const loading = createMemo(() => inKind(state(), "loading"));
  const failed = createMemo(() => inKind(state(), "failed"));
  const onStage = createMemo(() => {
    const pending = loading();
    if (pending === null) return shownPicture();
    const { picture, encoded } = pending;
    return picture === null ? null : { picture, encoded };
  });
  const isEmpty = () => loading() === null && shown() === null;
  const map = createMemo(() => (loading() === null ? currentMap(state(), isPhraseMapped()) : null));

  const leaveSafeMode = () => {
    props.safe.leave();
    props.session.reopenModel();
  };
  // Loaded when it is wanted: most visits never see it.
  const openModels = async () => {
    try {
      const { ModelDialog } = await import("./models/ModelDialog.tsx");
      setModelDialog(() => ModelDialog);
    } catch (error) {
      props.session.refuse(errorDetail(error));
    }
  };

  onMount(() => props.shelf.load());
  releaseUnusedPictures(state);
  keepFocus();

  return (
    <>
      <DropTarget
        onPicture={(picture) => props.session.openPicture(picture)}
        onRefused={(error) => props.session.refuse(error)}
      />
      <Header
        encoder={props.session.encoder()}
        model={props.session.model()}
        making={makingWords(props.models.job())}
        offline={props.offline}
        onModels={() => void openModels()}
      >
        <OpenPicture
          onPicture={(picture) => props.session.openPicture(picture)}
          onRefused={(error) => props.session.refuse(error)}
        />
      </Header>
      <Show when={props.safe.isSafe()}>
        <SafeNotice onLeave={leaveSafeMode} />
      </Show>
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
      <PhraseField session={props.session} hasPicture={onStage() !== null} />
      <main
        class="workspace"
        data-kind={onStage() !== null ? "picture" : isEmpty() ? "empty" : "phrase"}
      >
        <Show when={onStage() !== null || isEmpty()}>
          <section class="stage" aria-label="Picture">
            <Show when={onStage()} fallback={<EmptyWall shelf={props.shelf} />}>
              {(staged) => (
                <PictureStage
                  picture={staged().picture}
                  encoded={staged().encoded}
                  crop={loading() === null ? (shown()?.results.crop ?? null) : null}
                  region={state().choices.region}
                  map={map()}
                  heatStyle={heatStyle()}
                  grain={grain()}
                  isMarking={isMarking()}
                  onRegion={(region) => {
                    setIsMarking(false);
                    props.session.chooseRegion(region);
                  }}
                />
              )}
            </Show>
            <Show when={loading() === null && shownPicture()}>
              {(there) => (
                <StageTools
                  session={props.session}
                  shown={there()}
                  map={map()}
                  heatStyle={heatStyle()}
                  grain={grain()}
                  onHeatStyle={setHeatStyle}
                  onGrain={setGrain}
                  isPhraseMapped={isPhraseMapped()}
                  onPhraseMapped={setIsPhraseMapped}
                  isMarking={isMarking()}
                  onMarking={setIsMarking}
                />
              )}
            </Show>
          </section>
        </Show>
        <Show when={!isEmpty()}>
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
                  <ResultPanel
                    session={props.session}
                    shown={there()}
                    search={searchUnderWay(state())}
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
      <Announcer state={state()} encoder={props.session.encoder()} />
      <Show when={modelDialog()}>
        {(dialog) => (
          <Dynamic
            component={dialog()}
            shelf={props.models}
            model={props.session.model()}
            mirror={props.mirror}
            savesData={props.savesData}
            onClose={() => setModelDialog(undefined)}
          />
        )}
      </Show>
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

/** Without its sentences a model finds nothing: declining them is going back to the one that has them. */
function decline(session: Session, offer: Offer): void {
  if (offer.kind === "embed-sentences") session.chooseModel(DEMO_CHOICE);
  else session.cancel();
}

function inKind<K extends SessionState["kind"]>(
  state: SessionState,
  kind: K,
): Extract<SessionState, { kind: K }> | null {
  return state.kind === kind ? (state as Extract<SessionState, { kind: K }>) : null;
}

/** How far the search is that renews the list; null while the list is complete. */
function searchUnderWay(state: SessionState): ProgressView | null {
  // While something is asked nothing is under way: the list that stands can be read.
  return state.kind === "showing" && state.isSearching && state.offer === null
    ? state.progress
    : null;
}

/** The map of the pinned sentence, else of the one under pointer or focus, else of the phrase where that is wanted. */
function currentMap(state: SessionState, isPhraseMapped: boolean): Float32Array | null {
  const shown = shownPictureIn(state);
  const row = state.pinned ?? state.current;
  const maps = shown?.results.maps[state.choices.method];
  if (shown === null || maps === undefined) return null;
  const { found } = shown.results.answer;
  if (row === null && !(isPhraseMapped && shown.results.phrase !== null)) return null;
  // The phrase's own map comes after those of the sentences.
  const index = row === null ? found.length : found.findIndex((sentence) => sentence.row === row);
  const { rows, columns } = mappedView(shown);
  return mapAt(maps, index, rows * columns);
}
