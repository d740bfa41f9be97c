import { createEffect, onCleanup, onMount } from "solid-js";
import type { View } from "../../core/view/view.ts";
import { type HeatGrain, heatGrid } from "./heat-field.ts";
import { type HeatStyle, paintHeat } from "./paint-heat.ts";

interface HeatOverlayProps {
  /** Map [rows × columns of the view], or null for none. */
  readonly map: Float32Array | null;
  readonly view: View;
  readonly heatStyle: HeatStyle;
  readonly grain: HeatGrain;
}

/** The map over what the model saw. Its text alternative stands beside the picture, see HeatLegend. */
export function HeatOverlay(props: HeatOverlayProps) {
  let canvas: HTMLCanvasElement | undefined;

  const paint = () => {
    if (canvas === undefined) return;
    const scale = window.devicePixelRatio;
    const { width, height } = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    if (props.map !== null) {
      paintHeat(canvas, props.map, heatGrid(props.view), props.heatStyle, props.grain, scale);
    }
  };

  onMount(() => {
    if (canvas === undefined) return;
    const observer = new ResizeObserver(paint);
    observer.observe(canvas);
    onCleanup(() => observer.disconnect());
  });
  createEffect(paint);

  return <canvas ref={canvas} class="heat" data-drawn={props.map !== null} />;
}
