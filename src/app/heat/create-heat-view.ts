import { type Accessor, createSignal } from "solid-js";
import type { HeatGrain } from "./heat-field.ts";
import type { HeatStyle } from "./paint-heat.ts";

/** How maps are drawn, as the person left it; it outlives pictures. */
export interface HeatView {
  readonly style: Accessor<HeatStyle>;
  readonly grain: Accessor<HeatGrain>;
  /** Whether the phrase's own map is shown while no sentence is looked at. */
  readonly isPhraseMapped: Accessor<boolean>;
  setStyle(style: HeatStyle): void;
  setGrain(grain: HeatGrain): void;
  setPhraseMapped(isMapped: boolean): void;
}

/** Creates it with the page's own choices. */
export function createHeatView(): HeatView {
  const [style, setStyle] = createSignal<HeatStyle>("spotlight");
  const [grain, setGrain] = createSignal<HeatGrain>("smooth");
  const [isPhraseMapped, setPhraseMapped] = createSignal(false);
  return { style, grain, isPhraseMapped, setStyle, setGrain, setPhraseMapped };
}
