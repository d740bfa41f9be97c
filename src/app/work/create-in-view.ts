import { type Accessor, createSignal, onCleanup } from "solid-js";

/** How far from sight something is fetched already. */
const AHEAD = "400px";

/** Tells when an element first comes near to being seen. Call within a component. */
export function createInView(): {
  readonly isInView: Accessor<boolean>;
  watch(element: Element): void;
} {
  const [isInView, setIsInView] = createSignal(false);
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      setIsInView(true);
      observer.disconnect();
    },
    { rootMargin: AHEAD },
  );
  onCleanup(() => observer.disconnect());
  return { isInView, watch: (element) => observer.observe(element) };
}
