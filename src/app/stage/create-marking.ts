import { type Accessor, createSignal } from "solid-js";
import { regionRect } from "../../core/view/region-rect.ts";
import { fractionToSource, type Point } from "../../core/view/transforms.ts";
import type { Rect, View } from "../../core/view/view.ts";

/** Distance in CSS pixels from which a movement counts as drawing a rectangle and not as a click. */
const DRAG_DISTANCE = 6;

/** A rectangle that is being drawn on the picture with pointer, pen or finger. */
export interface Marking {
  /** The rectangle so far, in source pixels, or null. */
  readonly draft: Accessor<Rect | null>;
  /** Handlers for the picture's element. */
  onPointerDown(event: PointerEvent): void;
  onPointerMove(event: PointerEvent): void;
  onPointerUp(event: PointerEvent): void;
  /** Handler for what lies over the picture while armed. */
  onTap(event: MouseEvent): void;
  /** Gives up what is being drawn. */
  cancel(): void;
}

interface MarkingOptions {
  readonly view: () => View | null;
  /** True while every touch draws, and two taps mark two corners; else only mouse and pen draw, so that a page scrolls. */
  readonly isArmed: () => boolean;
  onMarked(rect: Rect): void;
}

/** Watches pointers on the picture's element and turns a drag, or two taps while armed, into a rectangle. */
export function createMarking(options: MarkingOptions): Marking {
  const [draft, setDraft] = createSignal<Rect | null>(null);
  let pressed: { readonly pointerId: number; readonly start: Point; isDragging: boolean } | null =
    null;
  /** The first of two tapped corners, in source pixels. */
  let corner: Point | null = null;

  const sourcePoint = (event: MouseEvent): Point | null => {
    const view = options.view();
    if (view === null || !(event.currentTarget instanceof Element)) return null;
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const fraction = { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
    return fractionToSource(view, fraction);
  };
  const between = (one: Point, other: Point): Rect | null => {
    const view = options.view();
    return view === null ? null : regionRect(view.sourceWidth, view.sourceHeight, one, other);
  };
  const finish = (rect: Rect | null): void => {
    setDraft(null);
    pressed = null;
    corner = null;
    if (rect !== null) options.onMarked(rect);
  };
  let startX = 0;
  let startY = 0;

  return {
    draft,
    onPointerDown(event) {
      const mayDraw = options.isArmed() || event.pointerType !== "touch";
      const start = event.isPrimary && event.button === 0 && mayDraw ? sourcePoint(event) : null;
      if (start === null) return;
      pressed = { pointerId: event.pointerId, start, isDragging: false };
      startX = event.clientX;
      startY = event.clientY;
    },
    onPointerMove(event) {
      if (pressed?.pointerId !== event.pointerId) return;
      const distance = Math.hypot(event.clientX - startX, event.clientY - startY);
      if (!pressed.isDragging && distance < DRAG_DISTANCE) return;
      if (!pressed.isDragging && event.currentTarget instanceof Element) {
        // From here on the click that ends the drag belongs to the picture and chooses no cell.
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.isDragging = true;
      }
      const end = sourcePoint(event);
      if (end !== null) setDraft(between(pressed.start, end));
    },
    onPointerUp(event) {
      if (pressed?.pointerId !== event.pointerId) return;
      const end = sourcePoint(event);
      if (end === null) finish(null);
      else if (pressed.isDragging) finish(between(pressed.start, end));
      else pressed = null;
    },
    onTap(event) {
      // The click and not the pointer ends a tap: a mode left before it would let it fall on the cell beneath.
      const end = options.isArmed() ? sourcePoint(event) : null;
      if (end === null) return;
      if (corner !== null) finish(between(corner, end));
      else {
        corner = end;
        setDraft(between(end, end));
      }
    },
    cancel: () => finish(null),
  };
}
