import { type Accessor, type Component, createSignal } from "solid-js";

/** A part of the page whose script is fetched when it is first wanted: most visits never see it. */
export interface Lazy<Props extends object> {
  /** The component once its script is there; undefined until then. */
  readonly component: Accessor<Component<Props> | undefined>;
  /** Fetches the script, where it is not there yet. */
  load(): void;
}

/**
 * Creates it.
 *
 * @param onError called where the script cannot be had; the next `load` tries again
 */
export function createLazy<Props extends object>(
  fetch: () => Promise<Component<Props>>,
  onError: (error: unknown) => void,
): Lazy<Props> {
  const [component, setComponent] = createSignal<Component<Props>>();
  let isLoading = false;
  return {
    component,
    load() {
      if (isLoading || component() !== undefined) return;
      isLoading = true;
      fetch()
        .then((loaded) => setComponent(() => loaded), onError)
        .finally(() => {
          isLoading = false;
        });
    },
  };
}
