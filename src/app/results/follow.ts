import { type Accessor, createComputed, createSignal, untrack } from "solid-js";

/**
 * A signal that follows `source` and tells of changes only. A memo does not run again what reads it either where its value stays, but with every
 * change of what it is computed from Solid visits all that depends on it: thousands of nodes for a long list, with every hover. Call
 * within a component.
 */
export function follow<T>(source: Accessor<T>): Accessor<T> {
  const [value, setValue] = createSignal(untrack(source));
  createComputed(() => setValue(() => source()));
  return value;
}
