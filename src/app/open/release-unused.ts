import { createEffect } from "solid-js";
import type { Picture, SessionState } from "../session/session-state.ts";
import { shownIn } from "../session/session-state.ts";
import { releasePicture } from "./picture-source.ts";

/** Frees the address of every picture that a state change leaves behind. Call within a component. */
export function releaseUnusedPictures(state: () => SessionState): void {
  createEffect<ReadonlySet<Picture>>((before) => {
    const held = picturesIn(state());
    for (const picture of before) if (!held.has(picture)) releasePicture(picture);
    return held;
  }, new Set());
}

function picturesIn(state: SessionState): ReadonlySet<Picture> {
  const pictures = new Set<Picture>();
  const shown = shownIn(state);
  if (shown !== null && shown.picture !== null) pictures.add(shown.picture);
  if ((state.kind === "loading" || state.kind === "failed") && state.picture !== null) {
    pictures.add(state.picture);
  }
  return pictures;
}
