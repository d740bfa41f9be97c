import { createMemo, createSignal, Show } from "solid-js";
import type { EncodedPicture } from "../../core/protocol.ts";
import type { HeatView } from "../heat/create-heat-view.ts";
import type { SampleShelf } from "../open/create-sample-shelf.ts";
import { SampleStrip } from "../open/SampleStrip.tsx";
import type { Session } from "../session/session.ts";
import {
  type Picture,
  type SessionState,
  shownIn,
  shownPictureIn,
} from "../session/session-state.ts";
import { PictureStage } from "../stage/PictureStage.tsx";
import { StageTools } from "../stage/StageTools.tsx";

interface StageSectionProps {
  readonly session: Session;
  readonly shelf: SampleShelf;
  readonly heat: HeatView;
  /** The picture on the stage, with its encoding once it is read; null for the empty wall. */
  readonly staged: { readonly picture: Picture; readonly encoded: EncodedPicture | null } | null;
}

/** The wall: a picture with its cells and maps, or an invitation to choose one. */
export function StageSection(props: StageSectionProps) {
  const [isMarking, setIsMarking] = createSignal(false);
  const state = () => props.session.state();
  const isLoading = () => state().kind === "loading";
  const shownPicture = createMemo(() => shownPictureIn(state()));
  const map = createMemo(() =>
    isLoading() ? null : currentMap(state(), props.heat.isPhraseMapped()),
  );
  return (
    <section class="stage" aria-label="Picture">
      <Show when={props.staged} fallback={<EmptyWall shelf={props.shelf} />}>
        {(staged) => (
          <PictureStage
            picture={staged().picture}
            encoded={staged().encoded}
            crop={isLoading() ? null : (shownIn(state())?.results.crop ?? null)}
            region={state().choices.region}
            map={map()}
            heatStyle={props.heat.style()}
            grain={props.heat.grain()}
            isMarking={isMarking()}
            onRegion={(region) => {
              setIsMarking(false);
              props.session.chooseRegion(region);
            }}
          />
        )}
      </Show>
      <Show when={!isLoading() && shownPicture()}>
        {(there) => (
          <StageTools
            session={props.session}
            shown={there()}
            map={map()}
            heatStyle={props.heat.style()}
            grain={props.heat.grain()}
            onHeatStyle={props.heat.setStyle}
            onGrain={props.heat.setGrain}
            isPhraseMapped={props.heat.isPhraseMapped()}
            onPhraseMapped={props.heat.setPhraseMapped}
            isMarking={isMarking()}
            onMarking={setIsMarking}
          />
        )}
      </Show>
    </section>
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

/** The map of the pinned sentence, else of the one under pointer or focus, else of the phrase where that is wanted. */
function currentMap(state: SessionState, isPhraseMapped: boolean): Float32Array | null {
  const row = state.pinned ?? state.current;
  const maps = shownPictureIn(state)?.results.maps[state.choices.method];
  if (maps === undefined) return null;
  if (row !== null) return maps.ofRows.get(row) ?? null;
  return isPhraseMapped ? maps.ofPhrase : null;
}
