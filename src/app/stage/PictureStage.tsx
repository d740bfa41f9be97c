import { createMemo, type JSX, Show } from "solid-js";
import type { EncodedPicture } from "../../core/protocol.ts";
import { rectToFraction } from "../../core/view/transforms.ts";
import { HeatOverlay } from "../heat/HeatOverlay.tsx";
import type { HeatGrain } from "../heat/heat-field.ts";
import type { HeatStyle } from "../heat/paint-heat.ts";
import type { Picture, Region } from "../session/session-state.ts";
import { boxStyle, CellGrid } from "./CellGrid.tsx";
import { SeenFrame } from "./SeenFrame.tsx";
import "./stage.css";

interface PictureStageProps {
  readonly picture: Picture;
  /** Null while the encoder has not read the picture. */
  readonly encoded: EncodedPicture | null;
  readonly region: Region;
  /** Map [cells] of the sentence that is read, or null. */
  readonly map: Float32Array | null;
  readonly heatStyle: HeatStyle;
  readonly grain: HeatGrain;
  onRegion(region: Region): void;
  readonly children?: JSX.Element;
}

/** The picture on its wall, with the frame of what the model saw, the map, and the cells. */
export function PictureStage(props: PictureStageProps) {
  const isVisible = () => props.picture.isSample || props.encoded !== null;
  const aspect = createMemo(() =>
    props.encoded === null ? null : props.encoded.width / props.encoded.height,
  );
  return (
    <div class="wall">
      <Show when={isVisible()}>
        <figure
          class="picture"
          classList={{ "is-measured": aspect() !== null, "has-map": props.map !== null }}
          style={{ "--aspect": aspect() === null ? undefined : String(aspect()) }}
        >
          <img src={props.picture.url} alt={props.picture.alt} draggable={false} />
          <Show when={props.encoded}>
            {(encoded) => (
              <>
                <div
                  class="seen"
                  aria-hidden="true"
                  style={boxStyle(rectToFraction(encoded().view, encoded().view.seen))}
                >
                  <HeatOverlay
                    map={props.map}
                    view={encoded().view}
                    heatStyle={props.heatStyle}
                    grain={props.grain}
                  />
                </div>
                <SeenFrame view={encoded().view} />
                <CellGrid
                  view={encoded().view}
                  region={props.region}
                  onChoose={(region) => props.onRegion(region)}
                />
              </>
            )}
          </Show>
        </figure>
      </Show>
      {props.children}
    </div>
  );
}
