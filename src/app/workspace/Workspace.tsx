import { createMemo, Show } from "solid-js";
import { createHeatView } from "../heat/create-heat-view.ts";
import type { SampleShelf } from "../open/create-sample-shelf.ts";
import { SampleStrip } from "../open/SampleStrip.tsx";
import type { TextShelf } from "../own-texts/create-text-shelf.ts";
import type { ListView } from "../results/create-list-view.ts";
import type { Session } from "../session/session.ts";
import { shownIn, shownPictureIn, stateIn } from "../session/session-state.ts";
import { ResultSection } from "./ResultSection.tsx";
import { StageSection } from "./StageSection.tsx";

interface WorkspaceProps {
  readonly session: Session;
  readonly shelf: SampleShelf;
  readonly texts: TextShelf;
  readonly view: ListView;
}

/** The picture, the sentences found for it, and the pictures that can be opened next. */
export function Workspace(props: WorkspaceProps) {
  const heat = createHeatView();
  const state = () => props.session.state();
  const shown = createMemo(() => shownIn(state()));
  const loading = createMemo(() => stateIn(state(), "loading"));
  const onStage = createMemo(() => {
    const pending = loading();
    if (pending === null) return shownPictureIn(state());
    const { picture, encoded } = pending;
    return picture === null ? null : { picture, encoded };
  });
  const isEmpty = () => loading() === null && shown() === null;
  return (
    <main
      class="workspace"
      data-kind={onStage() !== null ? "picture" : isEmpty() ? "empty" : "phrase"}
    >
      <Show when={onStage() !== null || isEmpty()}>
        <StageSection session={props.session} shelf={props.shelf} heat={heat} staged={onStage()} />
      </Show>
      <Show when={!isEmpty()}>
        <ResultSection session={props.session} texts={props.texts} view={props.view} />
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
  );
}
