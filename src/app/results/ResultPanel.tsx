import { createMemo, createSignal, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { isEmptyFilter } from "../../core/facets/filter.ts";
import { isNothingClose } from "../../core/results/nothing-close.ts";
import type { CiteDialogProps } from "../citation/CiteDialog.tsx";
import { type Citing, citingSentences, worksOf } from "../citation/citing.ts";
import { createLazy } from "../controls/create-lazy.ts";
import { ModelSwitch } from "../controls/ModelSwitch.tsx";
import { errorDetail } from "../error-detail.ts";
import type { ExportDialogProps } from "../export/ExportDialog.tsx";
import { extentSentence, SearchExtent } from "../extent/SearchExtent.tsx";
import { FilterPanel } from "../filter/FilterPanel.tsx";
import { AmongSwitch } from "../own-texts/AmongSwitch.tsx";
import type { TextShelf } from "../own-texts/create-text-shelf.ts";
import { downloadTotals, type ProgressView } from "../session/progress-view.ts";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { LoadProgress } from "../shell/LoadProgress.tsx";
import type { ListView } from "./create-list-view.ts";
import { KindSwitch } from "./KindSwitch.tsx";
import { ListTools } from "./ListTools.tsx";
import { queryWords, scaleNote } from "./query-words.ts";
import { ResultList } from "./ResultList.tsx";
import { SelectionBar } from "./SelectionBar.tsx";

export interface ResultPanelProps {
  readonly session: Session;
  readonly texts: TextShelf;
  readonly shown: Shown;
  readonly view: ListView;
  /** Progress of the search that renews the list; null while the list is complete. */
  readonly search: ProgressView | null;
}

const count = new Intl.NumberFormat("en");

/** The heading, the model, how far the search is, and the list. */
export function ResultPanel(props: ResultPanelProps) {
  const [citing, setCiting] = createSignal<Citing | null>(null);
  const [exporting, setExporting] = createSignal<"list" | "selection" | null>(null);
  const refuse = (error: unknown) => props.session.refuse(errorDetail(error));
  const citeDialog = createLazy<CiteDialogProps>(
    async () => (await import("../citation/CiteDialog.tsx")).CiteDialog,
    refuse,
  );
  const exportDialog = createLazy<ExportDialogProps>(
    async () => (await import("../export/ExportDialog.tsx")).ExportDialog,
    refuse,
  );
  const cite = (what: Citing) => {
    citeDialog.load();
    setCiting(what);
  };
  const openExport = (scope: "list" | "selection") => {
    exportDialog.load();
    setExporting(scope);
  };
  const answer = () => props.shown.results.answer;
  const rows = createMemo(() => new Set(answer().found.map(({ row }) => row)));
  // The state changes with every hover, the filter does not.
  const filter = createMemo(() => props.session.state().choices.filter);
  const hidden = createMemo(() => props.session.state().choices.listing.hiddenFlags);
  const works = createMemo(() => worksOf(answer().found));
  /** A download, or sentences to embed: what takes long enough to be shown beside the list. */
  const isLong = () => {
    if (props.search === null) return false;
    const { loaded, total } = downloadTotals(props.search);
    const { sentences } = props.search;
    return loaded < total || (sentences !== null && sentences.embedded < sentences.total);
  };
  const isFar = createMemo(() => {
    const edition = props.session.edition();
    const { variant, region, filter: asked } = props.shown.results;
    const { scale, found, scanned, total } = answer();
    if (edition === null || scanned < total) return false;
    return isNothingClose(edition, {
      scale,
      variant,
      isPart: region.kind !== "whole",
      // Ranks stay true in a varied list, and its first is the closest.
      best: found[0]?.score ?? null,
      // A person's own texts say nothing of the edition, which was measured.
      isFiltered: !isEmptyFilter(asked) || asked.among === "own",
    });
  });
  const farKinds = () => {
    if (answer().scale === "text") return "phrases";
    return props.shown.results.region.kind === "whole" ? "pictures" : "parts of pictures";
  };
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
          {extentSentence(props.shown, props.search)}.
        </p>
        <SearchExtent session={props.session} shown={props.shown} search={props.search} />
        <Show when={scaleNote(answer().scale, props.shown.picture !== null)}>
          {(note) => <p class="quiet scale-note">{note()}</p>}
        </Show>
        <Show when={props.search === null && isFar()}>
          <p class="far-note">
            <strong>Nothing close was found.</strong> The closest sentence lies further away than it
            does for 19 of 20 {farKinds()} that this edition was tested with. Read these as the
            least far, not as near.
          </p>
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
              onError={refuse}
            />
          )}
        </Show>
        <Show when={props.session.edition()?.quality}>
          {(counts) => (
            <KindSwitch
              hidden={hidden()}
              counts={counts()}
              onChange={(flags) => props.session.chooseHidden(flags)}
            />
          )}
        </Show>
        <ListTools
          session={props.session}
          results={props.shown.results}
          view={props.view}
          onCiteWorks={() => cite({ kind: "works", works: works() })}
          works={works().length}
          onExport={() => openExport("list")}
        />
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
        view={props.view}
        hasMaps={props.shown.picture !== null}
        rows={rows()}
        isBusy={props.search !== null}
        onCite={(sentence) => cite(citingSentences([sentence]))}
      />
      <SelectionBar
        selection={props.view.selection}
        onCite={() => cite(citingSentences(props.view.selection.sentences()))}
        onExport={() => openExport("selection")}
      />
      <Show when={citeDialog.component() !== undefined && citing()}>
        {(what) => (
          <Dynamic
            component={citeDialog.component()}
            citing={what()}
            onClose={() => setCiting(null)}
          />
        )}
      </Show>
      <Show when={exportDialog.component() !== undefined && exporting()}>
        {(scope) => (
          <Dynamic
            component={exportDialog.component()}
            session={props.session}
            shown={props.shown}
            selection={props.view.selection.sentences()}
            scope={scope()}
            onClose={() => setExporting(null)}
          />
        )}
      </Show>
    </>
  );
}
