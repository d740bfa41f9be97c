import { createEffect, onCleanup, onMount } from "solid-js";
import type { HeatGrain } from "./heat-field.ts";
import { type HeatStyle, paintHeat } from "./paint-heat.ts";

interface HeatOverlayProps {
  /** Map [grid × grid], or null for none. */
  readonly map: Float32Array | null;
  readonly grid: number;
  readonly heatStyle: HeatStyle;
  readonly grain: HeatGrain;
}

/** The map over the square that the model saw. Its text alternative stands beside the picture, see HeatLegend. */
export function HeatOverlay(props: HeatOverlayProps) {
  let canvas: HTMLCanvasElement | undefined;

  const paint = () => {
    if (canvas === undefined) return;
    const scale = window.devicePixelRatio;
    const { width, height } = canvas.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    if (props.map !== null) {
      paintHeat(canvas, props.map, props.grid, props.heatStyle, props.grain, scale);
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
