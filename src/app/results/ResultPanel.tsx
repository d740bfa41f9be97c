import { Show } from "solid-js";
import { ModelSwitch } from "../controls/ModelSwitch.tsx";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { regionWords } from "../stage/cell-words.ts";
import { ResultList } from "./ResultList.tsx";

interface ResultPanelProps {
  readonly session: Session;
  readonly shown: Shown;
  readonly isSearching: boolean;
}

const count = new Intl.NumberFormat("en");

/** The heading, the model, how far the search is, and the list. */
export function ResultPanel(props: ResultPanelProps) {
  const answer = () => props.shown.results.answer;
  const searched = () =>
    answer().scanned < answer().total
      ? `${count.format(answer().scanned)} of ${count.format(answer().total)} sentences searched`
      : `all ${count.format(answer().total)} sentences searched`;
  return (
    <>
      <header class="result-head">
        <div class="result-title">
          <h2>Closest sentences</h2>
          <ModelSwitch
            encoder={props.session.encoder()}
            variant={props.session.state().choices.variant}
            onChange={(variant) => props.session.chooseVariant(variant)}
          />
        </div>
        <p class="quiet">
          The {count.format(answer().found.length)} closest to{" "}
          {regionWords(props.shown.results.region, props.shown.encoded.view.grid)};{" "}
          {props.isSearching ? "searching" : searched()}.
        </p>
        <Show when={props.session.encoder()?.vocabulary}>
          <p class="quiet">
            <span class="unknown-word">Dotted</span> words are unknown to this encoder.
          </p>
        </Show>
      </header>
      <ResultList
        session={props.session}
        results={props.shown.results}
        encoder={props.session.encoder()}
        isBusy={props.isSearching}
      />
    </>
  );
}
