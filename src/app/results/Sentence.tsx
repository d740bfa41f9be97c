import { createSignal, createUniqueId, For, Show } from "solid-js";
import { Dynamic } from "solid-js/web";
import { toCoins } from "../../core/citation/coins.ts";
import { readMarkup } from "../../core/citation/rich-text.ts";
import { isOwnRow } from "../../core/own-texts/own-rows.ts";
import type { FoundSentence, Scale, SentenceSource, WorkSummary } from "../../core/protocol.ts";
import { RichTextView } from "../citation/RichTextView.tsx";
import { httpsLink } from "../https-link.ts";
import { workRoute } from "../router/routes.ts";
import type { ListParts } from "./create-list-parts.ts";
import { flagsIn, KIND_WORDS } from "./kind-words.ts";
import { scoreWords } from "./query-words.ts";
import { StrengthBar } from "./StrengthBar.tsx";
import { splitWords } from "./split-words.ts";

interface SentenceProps {
  readonly sentence: FoundSentence;
  /** Sentences in the edition, which the strength is relative to. */
  readonly total: number;
  readonly scale: Scale;
  /** False where there is no picture that it could be explained on. */
  readonly hasMap: boolean;
  readonly vocabulary: ReadonlySet<string> | null;
  /** True for the one sentence of the list that Tab reaches. */
  readonly isTabStop: boolean;
  /** True for the sentence whose map is on the picture. */
  readonly isCurrent: boolean;
  readonly isPinned: boolean;
  readonly isTicked: boolean;
  /** `isRange`: with all between the last one ticked and this one. */
  onTick(isRange: boolean): void;
  onVisit(): void;
  onPin(isPinned: boolean): void;
  onCite(): void;
  readonly parts: ListParts;
  /** True where near-duplicates are left out of the list and stand under the one that is in it. */
  readonly foldsSimilar: boolean;
  /** Rows of all sentences on the page. */
  readonly found: ReadonlySet<number>;
  readSource(signal: AbortSignal, row: number): Promise<SentenceSource | null>;
  readImage(signal: AbortSignal, workId: string, file: string): Promise<Blob>;
  readSimilar(signal: AbortSignal, row: number): Promise<readonly FoundSentence[]>;
}

const cosine = new Intl.NumberFormat("en", {
  minimumFractionDigits: 4,
  maximumFractionDigits: 4,
});

const count = new Intl.NumberFormat("en");

/** One found sentence: rank, strength, quotation, source, and what can be done with it. */
export function Sentence(props: SentenceProps) {
  const quoteId = createUniqueId();
  const paragraphId = createUniqueId();
  const tickId = createUniqueId();
  const similarId = createUniqueId();
  const [hasSimilar, setHasSimilar] = createSignal(false);
  const similar = () => (props.foldsSimilar ? (props.sentence.similar ?? 0) : 0);
  const [hasParagraph, setHasParagraph] = createSignal(false);
  const pieces = () => splitWords(props.sentence.text, props.vocabulary);
  const unknown = () => pieces().filter((piece) => piece.isUnknown).length;
  const stop = () => (props.isTabStop ? 0 : -1);
  const visit = (event: PointerEvent) => {
    if (event.pointerType !== "touch") props.onVisit();
  };
  return (
    <article
      class="sentence"
      data-row={props.sentence.row}
      tabindex={stop()}
      aria-labelledby={quoteId}
      aria-current={props.isCurrent ? "true" : undefined}
      onPointerEnter={visit}
      onPointerUp={() => props.onVisit()}
      onFocusIn={() => props.onVisit()}
    >
      <p class="rank-line">
        <span class="rank">
          <span class="visually-hidden">Rank </span>
          {props.sentence.rank}
        </span>
        <StrengthBar rank={props.sentence.rank} total={props.total} scale={props.scale} />
        <label class="tick">
          <input
            type="checkbox"
            checked={props.isTicked}
            tabindex={stop()}
            aria-labelledby={`${tickId} ${quoteId}`}
            // Not a change: only a click tells whether Shift was held.
            onClick={(event) => props.onTick(event.shiftKey)}
          />
          <span id={tickId} class="visually-hidden">
            Select
          </span>
        </label>
      </p>
      <blockquote id={quoteId} class="quote" lang="en" dir="auto">
        <p>
          <For each={pieces()}>
            {(piece) => (
              <Show when={piece.isUnknown} fallback={piece.text}>
                <span class="unknown-word">{piece.text}</span>
              </Show>
            )}
          </For>
        </p>
      </blockquote>
      <Source
        work={props.sentence.work}
        isOwn={isOwnRow(props.sentence.row)}
        tabindex={stop()}
        flags={props.sentence.flags ?? 0}
      />
      <div class="sentence-tools">
        <Show when={props.hasMap}>
          <button
            type="button"
            class="button is-quiet"
            aria-pressed={props.isPinned}
            tabindex={stop()}
            onClick={() => props.onPin(!props.isPinned)}
          >
            {props.isPinned ? "Unpin map" : "Pin map"}
          </button>
        </Show>
        <button
          type="button"
          class="button is-quiet"
          aria-expanded={hasParagraph()}
          aria-controls={paragraphId}
          tabindex={stop()}
          onClick={() => {
            props.parts.paragraph.load();
            setHasParagraph(!hasParagraph());
          }}
        >
          Paragraph
        </button>
        <button
          type="button"
          class="button is-quiet"
          aria-haspopup="dialog"
          tabindex={stop()}
          onClick={() => props.onCite()}
        >
          Cite
        </button>
        <Show when={similar() > 0}>
          <button
            type="button"
            class="button is-quiet"
            aria-expanded={hasSimilar()}
            aria-controls={similarId}
            tabindex={stop()}
            onClick={() => {
              props.parts.similar.load();
              setHasSimilar(!hasSimilar());
            }}
          >
            + {similar()} similar
          </button>
        </Show>
        <details>
          <summary tabindex={stop()}>Details</summary>
          <dl class="numbers">
            <dt>{scoreWords(props.scale)}</dt>
            <dd>
              {cosine.format(props.sentence.score)}
              {props.sentence.isExact ? "" : ", from its code"}
            </dd>
            <dt>Rank</dt>
            <dd>
              {props.sentence.rank} of {count.format(props.total)}
            </dd>
            <Show when={props.vocabulary !== null}>
              <dt>Words unknown to the encoder</dt>
              <dd>{unknown()}</dd>
            </Show>
            <dt>Sentence</dt>
            <dd>{props.sentence.sentenceId}</dd>
          </dl>
        </details>
      </div>
      <div id={paragraphId} class="paragraph-place">
        <Show when={hasParagraph() && props.parts.paragraph.component()}>
          {(component) => (
            <Dynamic
              component={component()}
              row={props.sentence.row}
              found={props.found}
              workId={isOwnRow(props.sentence.row) ? null : props.sentence.work.workId}
              read={props.readSource}
              readImage={props.readImage}
            />
          )}
        </Show>
      </div>
      <div id={similarId} class="paragraph-place">
        <Show when={hasSimilar() && props.parts.similar.component()}>
          {(component) => (
            <Dynamic
              component={component()}
              read={(signal: AbortSignal) => props.readSimilar(signal, props.sentence.row)}
            />
          )}
        </Show>
      </div>
    </article>
  );
}

interface SourceProps {
  readonly work: WorkSummary;
  /** True for a text of the person's own, which has no page among the edition's works. */
  readonly isOwn: boolean;
  readonly tabindex: number;
  /** What the sentence is besides good prose. */
  readonly flags: number;
}

function Source(props: SourceProps) {
  return (
    <p class="source">
      {props.work.author}, {props.work.year},{" "}
      <cite>
        <Show when={!props.isOwn} fallback={<RichTextView text={readMarkup(props.work.title)} />}>
          <a class="work-link" href={workRoute(props.work.workId)} tabindex={props.tabindex}>
            <RichTextView text={readMarkup(props.work.title)} />
          </a>
        </Show>
      </cite>
      <span class="Z3988" title={toCoins(props.work.citation)} aria-hidden="true" />
      <Show when={httpsLink(props.work.link)}>
        {(link) => (
          <>
            {" "}
            <a href={link()} target="_blank" rel="noopener noreferrer" tabindex={props.tabindex}>
              Open the source<span class="visually-hidden"> in a new tab</span>
            </a>
          </>
        )}
      </Show>
      <For each={flagsIn(props.flags)}>
        {(flag) => (
          <>
            {" "}
            <span class="kind-note">{KIND_WORDS[flag].one}</span>
          </>
        )}
      </For>
      <Show when={props.isOwn}>
        {" "}
        <span class="project-note">Your text</span>
      </Show>
      <Show when={props.work.isProjectNote}>
        {" "}
        <span class="project-note">Note of this project</span>
      </Show>
    </p>
  );
}
