import { createSignal, onCleanup, Show } from "solid-js";
import { MapMethodSwitch } from "../controls/MapMethodSwitch.tsx";
import { Segmented } from "../controls/Segmented.tsx";
import { HeatLegend } from "../heat/HeatLegend.tsx";
import type { HeatGrain } from "../heat/heat-field.ts";
import type { HeatStyle } from "../heat/paint-heat.ts";
import type { Session } from "../session/session.ts";
import { mappedView, type ShownPicture } from "../session/session-state.ts";
import { regionWords } from "./cell-words.ts";
import { FramingControls } from "./FramingControls.tsx";
import { seenWords } from "./SeenFrame.tsx";

interface StageToolsProps {
  readonly session: Session;
  readonly shown: ShownPicture;
  readonly map: Float32Array | null;
  readonly heatStyle: HeatStyle;
  readonly grain: HeatGrain;
  /** True where the phrase's own map is wanted while no sentence is read. */
  readonly isPhraseMapped: boolean;
  onPhraseMapped(isMapped: boolean): void;
  onHeatStyle(style: HeatStyle): void;
  onGrain(grain: HeatGrain): void;
  /** True while fingers draw a rectangle on the picture. */
  readonly isMarking: boolean;
  onMarking(isMarking: boolean): void;
}

const STYLES: readonly { readonly value: HeatStyle; readonly label: string }[] = [
  { value: "spotlight", label: "Spotlight" },
  { value: "cividis", label: "Colours" },
  { value: "off", label: "Off" },
];
const GRAINS: readonly { readonly value: HeatGrain; readonly label: string }[] = [
  { value: "smooth", label: "Smooth" },
  { value: "cells", label: "Cells" },
];

/** Everything that is set beside the picture: region, look of the map, and what the map says in words. */
export function StageTools(props: StageToolsProps) {
  const region = () => props.session.state().choices.region;
  const isWide = useWideScreen();
  return (
    <div class="stage-tools">
      <div class="stage-line">
        <h2 class="picture-name">{props.shown.picture.name}</h2>
        <p class="quiet">
          {seenWords(
            props.shown.encoded.view,
            props.shown.encoded.options,
            props.shown.results.crop !== null,
          )}
        </p>
      </div>
      <p class="region-line">
        <span class="region-words">
          {props.shown.results.answer.scale === "text"
            ? "Sentences by wording alone."
            : `Sentences for ${regionWords(region(), props.shown.encoded.view)}.`}
        </span>
        <Show
          when={region().kind !== "whole"}
          fallback={
            <span class="quiet wide-only">
              Choose a cell or draw a rectangle to search for that part.
            </span>
          }
        >
          <button
            type="button"
            class="button"
            onClick={() => props.session.chooseRegion({ kind: "whole" })}
          >
            Whole picture
          </button>
        </Show>
        <button
          type="button"
          class="button is-quiet"
          aria-pressed={props.isMarking}
          onClick={() => props.onMarking(!props.isMarking)}
        >
          {props.isMarking ? "Draw, or tap two corners" : "Mark a rectangle"}
        </button>
        <Show when={props.shown.results.phrase}>
          {(phrase) => (
            <button
              type="button"
              class="button is-quiet phrase-map"
              aria-pressed={props.isPhraseMapped}
              onClick={() => props.onPhraseMapped(!props.isPhraseMapped)}
            >
              Show where “{phrase().text}” is
            </button>
          )}
        </Show>
      </p>
      <HeatLegend
        map={props.map}
        grid={mappedView(props.shown)}
        isPart={props.shown.results.crop !== null}
        heatStyle={props.heatStyle}
      />
      <details class="stage-settings" open={isWide()}>
        <summary>Frame and map settings</summary>
        <div class="stage-controls">
          <FramingControls
            options={props.session.state().choices}
            onChange={(options) => props.session.chooseView(options)}
          />
          <Segmented
            legend="Evidence"
            options={STYLES}
            value={props.heatStyle}
            onChange={(style) => props.onHeatStyle(style)}
          />
          <Segmented
            legend="Grain of the map"
            isLegendHidden
            options={GRAINS}
            value={props.grain}
            onChange={(grain) => props.onGrain(grain)}
          />
          <MapMethodSwitch
            method={props.session.state().choices.method}
            onChange={(method) => props.session.chooseMethod(method)}
          />
        </div>
      </details>
    </div>
  );
}

/** True where the settings fit beside the picture; on a phone they are folded away, so that the sentences come sooner. */
function useWideScreen(): () => boolean {
  const query = matchMedia("(min-width: 700px)");
  const [isWide, setIsWide] = createSignal(query.matches);
  const follow = () => setIsWide(query.matches);
  query.addEventListener("change", follow);
  onCleanup(() => query.removeEventListener("change", follow));
  return isWide;
}
