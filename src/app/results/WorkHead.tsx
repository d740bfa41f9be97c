import { Show } from "solid-js";
import { readMarkup } from "../../core/citation/rich-text.ts";
import type { WorkSummary } from "../../core/protocol.ts";
import { RichTextView } from "../citation/RichTextView.tsx";
import { workRoute } from "../router/routes.ts";

interface WorkHeadProps {
  readonly work: WorkSummary;
  /** Sentences of the list that stand in it. */
  readonly count: number;
  /** A text of the person's own has no page among the edition's works. */
  readonly isOwn: boolean;
}

/** The head of a work in a list by works: its bibliographic line, how much of it is listed, and the way to the rest. */
export function WorkHead(props: WorkHeadProps) {
  return (
    <header class="work-head">
      <h3>
        <RichTextView text={readMarkup(props.work.title)} />
      </h3>
      <p class="quiet">
        {[props.work.author, props.work.year].filter((part) => part !== "").join(", ")} ·{" "}
        {props.count === 1 ? "1 sentence" : `${props.count} sentences`} of this list
        <Show when={!props.isOwn}>
          {" · "}
          <a href={workRoute(props.work.workId)}>
            More from this work<span class="visually-hidden">: {props.work.title}</span>
          </a>
        </Show>
      </p>
    </header>
  );
}
