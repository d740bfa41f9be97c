/** Frames in which what comes into sight may still be laid out and move what is looked for. */
const SETTLING_FRAMES = 5;
/** What a person does when they go on by themselves. */
const OWN_MOVES = ["pointerdown", "keydown", "wheel", "touchmove"] as const;

/** Brings a mark into sight and gives it the focus; holds on to its place until the person moves on. */
export interface MarkGuide {
  /** `find` gives the element, also after the text was rendered anew. */
  goTo(find: () => HTMLElement | null): void;
  /** The text was rendered anew: goes back to the mark, unless the person has gone on meanwhile. */
  renew(): void;
  dispose(): void;
}

/** Creates it. */
export function createMarkGuide(): MarkGuide {
  let held: (() => HTMLElement | null) | null = null;
  const letGo = () => {
    held = null;
  };
  for (const type of OWN_MOVES) addEventListener(type, letGo, { passive: true });
  const show = (element: HTMLElement, frames: number) => {
    element.scrollIntoView({ block: "center" });
    if (frames === 0) return;
    requestAnimationFrame(() => {
      if (element.isConnected) show(element, frames - 1);
    });
  };
  const goTo = (find: () => HTMLElement | null) => {
    const element = find();
    if (element === null) return;
    held = find;
    element.tabIndex = -1;
    show(element, SETTLING_FRAMES);
    element.focus({ preventScroll: true });
  };
  return {
    goTo,
    renew() {
      if (held !== null) goTo(held);
    },
    dispose() {
      for (const type of OWN_MOVES) removeEventListener(type, letGo);
    },
  };
}
