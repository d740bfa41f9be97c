import { createMemo, createSignal, Show } from "solid-js";
import { CiteDialog } from "../citation/CiteDialog.tsx";
import { type Citing, worksOf } from "../citation/citing.ts";
import { ModelSwitch } from "../controls/ModelSwitch.tsx";
import { FilterPanel } from "../filter/FilterPanel.tsx";
import { AmongSwitch } from "../own-texts/AmongSwitch.tsx";
import type { TextShelf } from "../own-texts/create-text-shelf.ts";
import { downloadTotals, type ProgressView } from "../session/progress-view.ts";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { LoadProgress } from "../shell/LoadProgress.tsx";
import { type Reading, WorkDialog } from "../source/WorkDialog.tsx";
import { queryWords, scaleNote } from "./query-words.ts";
import { ResultList } from "./ResultList.tsx";

interface ResultPanelProps {
  readonly session: Session;
  readonly texts: TextShelf;
  readonly shown: Shown;
  /** Progress of the search that renews the list; null while the list is complete. */
  readonly search: ProgressView | null;
}

const count = new Intl.NumberFormat("en");

/** The heading, the model, how far the search is, and the list. */
export function ResultPanel(props: ResultPanelProps) {
  const [citing, setCiting] = createSignal<Citing | null>(null);
  const answer = () => props.shown.results.answer;
  const [reading, setReading] = createSignal<Reading | null>(null);
  const rows = createMemo(() => new Set(answer().found.map(({ row }) => row)));
  // The state changes with every hover, the filter does not.
  const filter = createMemo(() => props.session.state().choices.filter);
  const works = createMemo(() => worksOf(answer().found));
  /** A download, or sentences to embed: what takes long enough to be shown beside the list. */
  const isLong = () => {
    if (props.search === null) return false;
    const { loaded, total } = downloadTotals(props.search);
    const { sentences } = props.search;
    return loaded < total || (sentences !== null && sentences.embedded < sentences.total);
  };
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
          The {count.format(answer().found.length)} {queryWords(props.shown)};{" "}
          {props.search === null ? searched() : "searching"}.
        </p>
        <Show when={scaleNote(answer().scale, props.shown.picture !== null)}>
          {(note) => <p class="quiet scale-note">{note()}</p>}
        </Show>
        <Show when={isLong() && props.search}>
          {(search) => (
            <LoadProgress
              name="words"
              progress={search()}
              onCancel={() => props.session.cancel()}
            />
          )}
        </Show>
        <AmongSwitch
          texts={props.texts}
          filter={filter()}
          onChange={(filter) => props.session.chooseFilter(filter)}
        />
        <Show when={filter().among !== "own" && props.session.catalogue()}>
          {(catalogue) => (
            <FilterPanel
              catalogue={catalogue()}
              filter={filter()}
              onChange={(filter) => props.session.chooseFilter(filter)}
            />
          )}
        </Show>
        <Show when={works().length > 0}>
          <p>
            <button
              type="button"
              class="button is-quiet"
              aria-haspopup="dialog"
              onClick={() => setCiting({ kind: "works", works: works() })}
            >
              {works().length === 1 ? "Cite this work" : `Cite these ${works().length} works`}
            </button>
          </p>
        </Show>
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
        hasMaps={props.shown.picture !== null}
        rows={rows()}
        isBusy={props.search !== null}
        onCite={({ text, work }) =>
          setCiting({ kind: "sentence", sentence: text, work: work.citation })
        }
        onWholeText={({ work }, source) => setReading({ work, source })}
      />
      <WorkDialog reading={reading()} found={rows()} onClose={() => setReading(null)} />
      <CiteDialog citing={citing()} onClose={() => setCiting(null)} />
    </>
  );
}
