import { createEffect, createMemo, type JSX, Show } from "solid-js";
import type { EncodedPicture, EncodedRegion } from "../../core/protocol.ts";
import { rectToFraction } from "../../core/view/transforms.ts";
import { HeatOverlay } from "../heat/HeatOverlay.tsx";
import type { HeatGrain } from "../heat/heat-field.ts";
import type { HeatStyle } from "../heat/paint-heat.ts";
import type { Picture, Region } from "../session/session-state.ts";
import { boxStyle } from "./box-style.ts";
import { CellGrid } from "./CellGrid.tsx";
import { createMarking } from "./create-marking.ts";
import { SeenFrame } from "./SeenFrame.tsx";
import "./stage.css";

interface PictureStageProps {
  readonly picture: Picture;
  /** Null while the encoder has not read the picture. */
  readonly encoded: EncodedPicture | null;
  /** The part that was embedded on its own, which the map then lies over; else null. */
  readonly crop: EncodedRegion | null;
  readonly region: Region;
  /** Map [cells] of the sentence that is read, or null. */
  readonly map: Float32Array | null;
  readonly heatStyle: HeatStyle;
  readonly grain: HeatGrain;
  /** True while a finger draws a rectangle instead of scrolling the page. */
  readonly isMarking: boolean;
  onRegion(region: Region): void;
  readonly children?: JSX.Element;
}

/** The picture on its wall, with the frame of what the model saw, the map, the cells, and a rectangle where one is marked. */
export function PictureStage(props: PictureStageProps) {
  const isVisible = () => props.picture.isSample || props.encoded !== null;
  const aspect = createMemo(() =>
    props.encoded === null ? null : props.encoded.width / props.encoded.height,
  );
  const marking = createMarking({
    view: () => props.encoded?.view ?? null,
    isArmed: () => props.isMarking,
    onMarked: (rect) => props.onRegion({ kind: "rect", rect }),
  });
  createEffect(() => {
    if (!props.isMarking) marking.cancel();
  });
  const rectangle = () =>
    marking.draft() ?? (props.region.kind === "rect" ? props.region.rect : null);
  return (
    <div class="wall">
      <Show when={isVisible()}>
        <figure
          class="picture"
          classList={{
            "is-measured": aspect() !== null,
            "has-map": props.map !== null,
            "is-marking": props.isMarking,
            "is-drawing": marking.draft() !== null,
          }}
          style={{ "--aspect": aspect() === null ? undefined : String(aspect()) }}
          onPointerDown={(event) => marking.onPointerDown(event)}
          onPointerMove={(event) => marking.onPointerMove(event)}
          onPointerUp={(event) => marking.onPointerUp(event)}
          onPointerCancel={() => marking.cancel()}
        >
          <img src={props.picture.url} alt={props.picture.alt} draggable={false} />
          <Show when={props.encoded}>
            {(encoded) => {
              const view = () => encoded().view;
              const mapped = () => props.crop?.view ?? view();
              return (
                <>
                  <div
                    class="seen"
                    aria-hidden="true"
                    style={boxStyle(rectToFraction(mapped(), mapped().seen))}
                  >
                    <HeatOverlay
                      map={props.map}
                      view={mapped()}
                      heatStyle={props.heatStyle}
                      grain={props.grain}
                    />
                  </div>
                  <SeenFrame view={mapped()} />
                  <CellGrid
                    view={view()}
                    region={props.region}
                    onChoose={(region) => props.onRegion(region)}
                  />
                  <Show when={rectangle()}>
                    {(rect) => (
                      <div
                        class="marked"
                        aria-hidden="true"
                        style={boxStyle(rectToFraction(view(), rect()))}
                      />
                    )}
                  </Show>
                  <Show when={props.isMarking}>
                    <div
                      class="marking"
                      aria-hidden="true"
                      onClick={(event) => marking.onTap(event)}
                    />
                  </Show>
                </>
              );
            }}
          </Show>
        </figure>
      </Show>
      {props.children}
    </div>
  );
}
