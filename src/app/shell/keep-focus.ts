import { onCleanup, onMount } from "solid-js";

/**
 * Where the focus goes when the control that had it is gone, best first; the first one on the page is taken. While a dialog is
 * open, nothing else can have it.
 */
const HOMES = [
  "dialog[open] .dialog-head h2",
  ".result-head h2",
  ".work-record h2",
  ".load-title",
  ".invitation",
  "main",
] as const;

/**
 * Keeps the focus on the page: a browser drops it to nowhere when the focused control vanishes, and whoever uses the keyboard
 * or a screen reader then starts again at the top. It goes to the heading of the results, or to what stands in their place.
 */
export function keepFocus(): void {
  let focused: Element | null = null;

  const onFocusIn = (event: FocusEvent) => {
    focused = event.target instanceof Element ? event.target : null;
  };
  const onFocusOut = (event: FocusEvent) => {
    // Left on purpose where the element still stands after everything that runs now; else it is being removed.
    queueMicrotask(() => {
      if (focused === event.target && focused?.isConnected === true) focused = null;
    });
  };
  const onChange = () => {
    if (focused === null || focused.isConnected) return;
    focused = null;
    const { activeElement } = document;
    if (activeElement !== null && activeElement !== document.body) return;
    // A page that another one stands before is still in the document, hidden.
    const home = HOMES.flatMap((selector) => [
      ...document.querySelectorAll<HTMLElement>(selector),
    ]).find((found) => found.checkVisibility());
    if (home === undefined) return;
    if (!home.hasAttribute("tabindex")) home.tabIndex = -1;
    // Nobody asked to be taken elsewhere on the page.
    home.focus({ preventScroll: true });
  };

  onMount(() => {
    const observer = new MutationObserver(onChange);
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("focusin", onFocusIn);
    document.addEventListener("focusout", onFocusOut);
    onCleanup(() => {
      observer.disconnect();
      document.removeEventListener("focusin", onFocusIn);
      document.removeEventListener("focusout", onFocusOut);
    });
  });
}
