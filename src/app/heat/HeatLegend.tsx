import { Show } from "solid-js";
import { describeMap, type GridSize } from "../../core/explain/describe-map.ts";
import { heatRange } from "./heat-field.ts";
import type { HeatStyle } from "./paint-heat.ts";

interface HeatLegendProps {
  readonly map: Float32Array | null;
  readonly grid: GridSize;
  /** True where the map lies over the square around a marked part and not over the picture's frame. */
  readonly isPart: boolean;
  readonly heatStyle: HeatStyle;
}

const number = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** Scale of the map, and what it says in words; the words are the map's text alternative. */
export function HeatLegend(props: HeatLegendProps) {
  return (
    <div class="heat-legend">
      <Show
        when={props.map}
        fallback={<p class="quiet">Move through the sentences to see what speaks for each.</p>}
      >
        {(map) => (
          <>
            <p class="heat-scale">
              <Show when={props.heatStyle !== "off"}>
                <span class="heat-ramp" data-style={props.heatStyle} aria-hidden="true" />
              </Show>
              <span class="numbers">
                {number.format(heatRange(map()).min)} – {number.format(heatRange(map()).max)}
              </span>
              <span>
                {props.grid.rows} × {props.grid.columns} cells
                <span class="wide-only">, lines at 50 % and 75 % of the maximum</span>
              </span>
            </p>
            <p class="heat-words">
              <Show when={props.isPart}>In the square around the part: </Show>
              {describeMap(map(), props.grid)}
            </p>
          </>
        )}
      </Show>
    </div>
  );
}
