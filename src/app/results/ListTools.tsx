import { Show } from "solid-js";
import type { ListOrder } from "../../core/results/listing.ts";
import { Segmented } from "../controls/Segmented.tsx";
import type { Session } from "../session/session.ts";
import type { Results } from "../session/session-state.ts";
import type { Grouping, ListView } from "./create-list-view.ts";

interface ListToolsProps {
  readonly session: Session;
  readonly results: Results;
  readonly view: ListView;
  /** Works that the sentences stand in. */
  readonly works: number;
  onCiteWorks(): void;
  onExport(): void;
}

const GROUPINGS: readonly { readonly value: Grouping; readonly label: string }[] = [
  { value: "flat", label: "List" },
  { value: "by-work", label: "By work" },
];
const ORDERS: readonly { readonly value: ListOrder; readonly label: string }[] = [
  { value: "closest", label: "Closest" },
  { value: "varied", label: "Varied" },
];

/** How the list is laid out and ordered, and what can be done with all of it. */
export function ListTools(props: ListToolsProps) {
  const found = () => props.results.answer.found;
  return (
    <div class="list-tools">
      <Segmented
        legend="Layout of the list"
        isLegendHidden
        options={GROUPINGS}
        value={props.view.grouping()}
        onChange={props.view.setGrouping}
      />
      <Segmented
        legend="Order of the list"
        isLegendHidden
        options={ORDERS}
        value={props.session.state().choices.listing.order}
        onChange={(order) => props.session.chooseOrder(order)}
      />
      <span class="list-actions">
        <button
          type="button"
          class="button is-quiet"
          disabled={found().length === 0}
          onClick={() => props.view.selection.add(found())}
        >
          Select all {found().length}
        </button>
        <Show when={props.works > 0}>
          <button
            type="button"
            class="button is-quiet"
            aria-haspopup="dialog"
            onClick={() => props.onCiteWorks()}
          >
            {props.works === 1 ? "Cite this work" : `Cite these ${props.works} works`}
          </button>
        </Show>
        <button
          type="button"
          class="button is-quiet"
          aria-haspopup="dialog"
          disabled={found().length === 0}
          onClick={() => props.onExport()}
        >
          Export
        </button>
      </span>
    </div>
  );
}
