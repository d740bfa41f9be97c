import { createEffect, createMemo, createSignal, on, onMount, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { createLazy } from "./controls/create-lazy.ts";
import { errorDetail } from "./error-detail.ts";
import type { ModelShelf } from "./models/create-model-shelf.ts";
import type { ModelDialogProps } from "./models/ModelDialog.tsx";
import { makingWords } from "./models/making-words.ts";
import type { Offline } from "./offline/create-offline.ts";
import type { SampleShelf } from "./open/create-sample-shelf.ts";
import { DropTarget } from "./open/DropTarget.tsx";
import { OpenPicture } from "./open/OpenPicture.tsx";
import { releaseUnusedPictures } from "./open/release-unused.ts";
import type { TextShelf } from "./own-texts/create-text-shelf.ts";
import { readingWords } from "./own-texts/reading-words.ts";
import type { TextsDialogProps } from "./own-texts/TextsDialog.tsx";
import { PhraseField } from "./query/PhraseField.tsx";
import { createListView } from "./results/create-list-view.ts";
import { createRouter } from "./router/create-router.ts";
import type { SafeStart } from "./safe-start/create-safe-start.ts";
import { SafeNotice } from "./safe-start/SafeNotice.tsx";
import type { Session } from "./session/session.ts";
import { pictureOnStage } from "./session/session-state.ts";
import { About } from "./shell/About.tsx";
import { Announcer } from "./shell/Announcer.tsx";
import { Header } from "./shell/Header.tsx";
import { keepFocus } from "./shell/keep-focus.ts";
import { Notices } from "./shell/Notices.tsx";
import type { WorkPageProps } from "./work/WorkPage.tsx";
import { Workspace } from "./workspace/Workspace.tsx";

interface AppProps {
  readonly session: Session;
  readonly offline: Offline;
  readonly shelf: SampleShelf;
  readonly models: ModelShelf;
  readonly texts: TextShelf;
  readonly safe: SafeStart;
  /** The server that stands in for the model hubs, or null. */
  readonly mirror: string | null;
  /** True where the browser was told to spare the connection. */
  readonly savesData: boolean;
}

/** The page. It reads the session's state and calls its actions; nothing here fetches or computes. */
export function App(props: AppProps) {
  const [isModelDialogOpen, setModelDialogOpen] = createSignal(false);
  const [areTextsOpen, setTextsOpen] = createSignal(false);
  const refuse = (error: unknown) => props.session.refuse(errorDetail(error));
  const modelDialog = createLazy<ModelDialogProps>(
    async () => (await import("./models/ModelDialog.tsx")).ModelDialog,
    refuse,
  );
  const textsDialog = createLazy<TextsDialogProps>(
    async () => (await import("./own-texts/TextsDialog.tsx")).TextsDialog,
    refuse,
  );
  const state = () => props.session.state();

  const leaveSafeMode = () => {
    props.safe.leave();
    props.session.reopenModel();
  };
  const openModels = () => {
    modelDialog.load();
    setModelDialogOpen(true);
  };
  const view = createListView(state);
  const router = createRouter();
  const workPage = createLazy<WorkPageProps>(
    async () => (await import("./work/WorkPage.tsx")).WorkPage,
    refuse,
  );
  const work = createMemo(() => {
    const route = router.route();
    return route.kind === "work" ? route : null;
  });
  createEffect(() => {
    if (work() !== null) workPage.load();
  });
  // Whatever opens a picture on another page brings the picture's own page back.
  const picture = createMemo(() => pictureOnStage(state()));
  createEffect(on(picture, router.goHome, { defer: true }));

  const openTexts = (files: readonly File[] = []) => {
    textsDialog.load();
    props.texts.give(files);
    setTextsOpen(true);
  };

  onMount(() => props.shelf.load());
  releaseUnusedPictures(state);
  keepFocus();

  return (
    <>
      <DropTarget
        onPicture={(picture) => props.session.openPicture(picture)}
        onTexts={openTexts}
        onRefused={(error) => props.session.refuse(error)}
      />
      <Header
        encoder={props.session.encoder()}
        model={props.session.model()}
        making={makingWords(props.models.job())}
        offline={props.offline}
        onModels={openModels}
        reading={readingWords(props.texts.job())}
        onTexts={() => openTexts()}
      >
        <OpenPicture
          onPicture={(picture) => props.session.openPicture(picture)}
          onRefused={(error) => props.session.refuse(error)}
        />
      </Header>
      <Show when={props.safe.isSafe()}>
        <SafeNotice onLeave={leaveSafeMode} />
      </Show>
      <Notices session={props.session} />
      <div hidden={work() !== null}>
        <PhraseField session={props.session} hasPicture={picture() !== null} />
        <Workspace session={props.session} shelf={props.shelf} texts={props.texts} view={view} />
      </div>
      <Show when={work()}>
        {(route) => (
          <Show when={workPage.component()} fallback={<main class="work-page" aria-busy="true" />}>
            {(component) => (
              <Dynamic
                component={component()}
                session={props.session}
                view={view}
                route={route()}
              />
            )}
          </Show>
        )}
      </Show>
      <About encoder={props.session.encoder()} edition={props.session.edition()} />
      <Announcer state={state()} encoder={props.session.encoder()} />
      <Show when={isModelDialogOpen() && modelDialog.component()}>
        {(component) => (
          <Dynamic
            component={component()}
            shelf={props.models}
            model={props.session.model()}
            mirror={props.mirror}
            savesData={props.savesData}
            onClose={() => setModelDialogOpen(false)}
          />
        )}
      </Show>
      <Show when={areTextsOpen() && textsDialog.component()}>
        {(component) => (
          <Dynamic
            component={component()}
            shelf={props.texts}
            model={props.session.encoder()?.name ?? "the model"}
            onClose={() => setTextsOpen(false)}
          />
        )}
      </Show>
    </>
  );
}
