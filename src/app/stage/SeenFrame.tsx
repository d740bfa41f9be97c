import { For } from "solid-js";
import { rectToFraction, seenShare } from "../../core/view/transforms.ts";
import type { EncodeOptions, Rect, View } from "../../core/view/view.ts";
import { boxStyle } from "./box-style.ts";

interface SeenFrameProps {
  readonly view: View;
}

/** A margin narrower than this share of a side is rounding, not something that the model missed. */
const SMALLEST_MARGIN = 0.005;

/** The frame around what the model saw, and dimmed margins where it saw nothing. */
export function SeenFrame(props: SeenFrameProps) {
  const seen = () => rectToFraction(props.view, props.view.seen);
  return (
    <>
      <For each={marginsAround(seen())}>
        {(margin) => <div class="margin" aria-hidden="true" style={boxStyle(margin)} />}
      </For>
      <div class="seen-frame" aria-hidden="true" style={boxStyle(seen())} />
    </>
  );
}

/** What the model saw of the picture, and how, as a sentence. */
export function seenWords(view: View, { framing }: EncodeOptions, hasCrop: boolean): string {
  if (hasCrop) return "For the marked part the model sees the framed square around it.";
  const percent = Math.round(seenShare(view) * 100);
  if (framing.kind === "whole") return "The model sees the whole picture, made to fit its square.";
  if (framing.kind === "tiles") {
    return "The model sees the whole picture, in squares that overlap.";
  }
  return percent < 100
    ? `The model sees the framed square, ${percent} % of the picture.`
    : "The model sees the whole picture.";
}

/** The strips left, right, above and below `seen`, in fractions of the picture. */
function marginsAround(seen: Rect): Rect[] {
  const right = seen.x + seen.width;
  const bottom = seen.y + seen.height;
  const strips = [
    { x: 0, y: 0, width: seen.x, height: 1 },
    { x: right, y: 0, width: 1 - right, height: 1 },
    { x: seen.x, y: 0, width: seen.width, height: seen.y },
    { x: seen.x, y: bottom, width: seen.width, height: 1 - bottom },
  ];
  return strips.filter((strip) => strip.width > SMALLEST_MARGIN && strip.height > SMALLEST_MARGIN);
}
