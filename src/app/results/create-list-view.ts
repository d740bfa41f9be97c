import { type Accessor, createEffect, createMemo, createSignal, on } from "solid-js";
import { type SessionState, shownIn } from "../session/session-state.ts";
import { createSelection, type Selection } from "./create-selection.ts";

/** A list as one, or by the works that its sentences stand in. */
export type Grouping = "flat" | "by-work";

/** How the list is looked at; it outlives pictures, but for what is ticked. */
export interface ListView {
  readonly grouping: Accessor<Grouping>;
  setGrouping(grouping: Grouping): void;
  readonly selection: Selection;
}

/** Creates it; the selection is emptied when another picture takes the place of the shown one. */
export function createListView(state: Accessor<SessionState>): ListView {
  const [grouping, setGrouping] = createSignal<Grouping>("flat");
  const selection = createSelection();
  const picture = createMemo(() => shownIn(state())?.picture);
  createEffect(
    on(
      picture,
      (now, before) => {
        if (now !== before) selection.clear();
      },
      { defer: true },
    ),
  );
  const found = createMemo(() => shownIn(state())?.results.answer.found ?? []);
  createEffect(on(found, selection.renew, { defer: true }));
  return { grouping, setGrouping, selection };
}
