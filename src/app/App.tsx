import { type Component, createSignal, onMount, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
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
import type { SafeStart } from "./safe-start/create-safe-start.ts";
import { SafeNotice } from "./safe-start/SafeNotice.tsx";
import type { Session } from "./session/session.ts";
import { pictureOnStage } from "./session/session-state.ts";
import { About } from "./shell/About.tsx";
import { Announcer } from "./shell/Announcer.tsx";
import { Header } from "./shell/Header.tsx";
import { keepFocus } from "./shell/keep-focus.ts";
import { Notices } from "./shell/Notices.tsx";
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
  const [modelDialog, setModelDialog] = createSignal<Component<ModelDialogProps>>();
  const [textsDialog, setTextsDialog] = createSignal<Component<TextsDialogProps>>();
  const [droppedTexts, setDroppedTexts] = createSignal<readonly File[]>([]);
  const state = () => props.session.state();

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

  const openTexts = async (files: readonly File[] = []) => {
    try {
      const { TextsDialog } = await import("./own-texts/TextsDialog.tsx");
      setDroppedTexts(files);
      setTextsDialog(() => TextsDialog);
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
        onTexts={(files) => void openTexts(files)}
        onRefused={(error) => props.session.refuse(error)}
      />
      <Header
        encoder={props.session.encoder()}
        model={props.session.model()}
        making={makingWords(props.models.job())}
        offline={props.offline}
        onModels={() => void openModels()}
        reading={readingWords(props.texts.job())}
        onTexts={() => void openTexts()}
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
      <PhraseField session={props.session} hasPicture={pictureOnStage(state()) !== null} />
      <Workspace session={props.session} shelf={props.shelf} texts={props.texts} />
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
      <Show when={textsDialog()}>
        {(dialog) => (
          <Dynamic
            component={dialog()}
            shelf={props.texts}
            model={props.session.encoder()?.name ?? "the model"}
            files={droppedTexts()}
            onClose={() => setTextsDialog(undefined)}
          />
        )}
      </Show>
    </>
  );
}
