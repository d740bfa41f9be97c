import { type Accessor, batch, createSignal, onCleanup } from "solid-js";
import { parseRoute, type Route } from "./routes.ts";

/** Which page is shown, by the fragment of the address, which never reaches a server. */
export interface Router {
  readonly route: Accessor<Route>;
  /** Goes to the picture and its sentences, where something else is shown. */
  goHome(): void;
}

/** Where a page was left. */
interface Place {
  readonly scrollTop: number;
  readonly focused: Element | null;
}

/**
 * Follows the address. Whoever comes back to a page, by whatever way, finds it where they left it, with the focus on what
 * they left by. Call within a component.
 */
export function createRouter(): Router {
  const [route, setRoute] = createSignal(parseRoute(location.hash), { equals: isSameRoute });
  const places = new Map<string, Place>();
  // The browser would restore before the page stands again.
  history.scrollRestoration = "manual";
  const follow = () => {
    const [before, after] = [route(), parseRoute(location.hash)];
    if (isSameRoute(before, after)) return;
    places.set(keyOf(before), { scrollTop: scrollY, focused: document.activeElement });
    batch(() => setRoute(after));
    const place = places.get(keyOf(after));
    scrollTo({ top: place?.scrollTop ?? 0, behavior: "instant" });
    if (place?.focused instanceof HTMLElement && place.focused.isConnected) {
      place.focused.focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", follow);
  onCleanup(() => removeEventListener("hashchange", follow));
  return {
    route,
    goHome() {
      if (route().kind !== "home") location.hash = "#/";
    },
  };
}

function keyOf(route: Route): string {
  return route.kind === "home" ? "" : `${route.workId}/${route.sentence ?? ""}`;
}

function isSameRoute(one: Route, other: Route): boolean {
  return keyOf(one) === keyOf(other);
}
