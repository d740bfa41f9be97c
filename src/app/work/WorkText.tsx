import {
  createEffect,
  createMemo,
  createSignal,
  For,
  Match,
  on,
  onCleanup,
  type Resource,
  Show,
  Switch,
} from "solid-js";
import type { FoundSentence, WorkSource } from "../../core/protocol.ts";
import { placesOf } from "../../core/results/place-marks.ts";
import type { Mark } from "../../core/source/segments.ts";
import type { SentenceSpan } from "../../core/source/work-text.ts";
import { Blocks } from "../source/Blocks.tsx";
import { SourceImagesContext } from "../source/source-images.ts";
import { createMarkGuide } from "./go-to-mark.ts";
import "../source/source.css";
import { ReadError } from "../shell/ReadError.tsx";

interface WorkTextProps {
  readonly text: Resource<WorkSource | null>;
  /** The sentences that are marked. */
  readonly matches: readonly FoundSentence[];
  /** The sentence, counted from 1, that the page was opened at. */
  readonly sentence: number | null;
  /** Reads the text once more. */
  onRetry(): void;
  readImage(signal: AbortSignal, file: string): Promise<Blob>;
}

/** The whole text of a work with what was found in it marked, and a rail of ticks that shows where. */
export function WorkText(props: WorkTextProps) {
  return (
    <section class="work-text" aria-label="Text of the work">
      <Switch>
        <Match when={props.text.error}>
          {(error) => <ReadError error={error()} onRetry={() => props.onRetry()} />}
        </Match>
        <Match when={props.text.loading}>
          <p class="quiet">Reading the text …</p>
        </Match>
        <Match when={props.text.latest === null}>
          <p>The corpus holds no text of this work; only its sentences.</p>
        </Match>
        <Match when={props.text.latest}>
          {(source) => (
            <SourceImagesContext.Provider
              value={{
                images: source().images,
                read: (signal, file) => props.readImage(signal, file),
              }}
            >
              <MarkedText source={source()} matches={props.matches} sentence={props.sentence} />
            </SourceImagesContext.Provider>
          )}
        </Match>
      </Switch>
    </section>
  );
}

interface MarkedTextProps {
  readonly source: WorkSource;
  readonly matches: readonly FoundSentence[];
  readonly sentence: number | null;
}

function MarkedText(props: MarkedTextProps) {
  let body: HTMLDivElement | undefined;
  const [current, setCurrent] = createSignal<SentenceSpan | null>(null);
  const asked = () => (props.sentence === null ? null : props.sentence - 1);
  const marks = createMemo(() => {
    const { text, firstRow } = props.source;
    const rows = new Set(props.matches.map(({ row }) => row - firstRow));
    return text.spans.flatMap((span, index): Mark[] => {
      if (span === null) return [];
      if (index === asked()) return [{ span, kind: "asked" }];
      return rows.has(index) ? [{ span, kind: "other" }] : [];
    });
  });
  /** Place of the mark that was gone to; −1 before the first. */
  const at = createMemo(() => marks().findIndex(({ span }) => span === current()));
  const places = createMemo(() =>
    placesOf(
      props.source.text,
      marks().map(({ span }) => span),
    ),
  );
  const isMissing = () => {
    const index = asked();
    return index !== null && (props.source.text.spans[index] ?? null) === null;
  };
  const elementOf = (mark: Mark | undefined): HTMLElement | null => {
    if (mark === undefined) return null;
    const block = body?.querySelector(`[data-block="${mark.span.block}"]`);
    const inBlock = marks().filter(({ span }) => span.block === mark.span.block);
    const found = [...(block?.querySelectorAll<HTMLElement>("mark[data-first]") ?? [])];
    return found[inBlock.indexOf(mark)] ?? found[0] ?? block?.querySelector("mark") ?? null;
  };
  const guide = createMarkGuide();
  onCleanup(guide.dispose);
  const goTo = (index: number) => {
    const span = marks()[index]?.span;
    if (span === undefined) return;
    setCurrent(span);
    guide.goTo(() => elementOf(marks().find((mark) => mark.span === span)));
  };
  const step = (by: number) => {
    const count = marks().length;
    goTo((Math.max(at(), by > 0 ? -1 : 0) + by + count) % count);
  };
  createEffect(
    on(asked, (index) => {
      if (index === null) return;
      const place = marks().findIndex(({ kind }) => kind === "asked");
      // Once the text stands on the page.
      if (place >= 0) queueMicrotask(() => goTo(place));
    }),
  );
  // The marks of what was found come later, and the text is rendered anew with them.
  createEffect(on(marks, () => queueMicrotask(guide.renew), { defer: true }));
  const onRail = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    const { top, height } = event.currentTarget.getBoundingClientRect();
    const wanted = (event.clientY - top) / height;
    const nearest = places()
      .map((place, index) => ({ index, off: Math.abs(place - wanted) }))
      .toSorted((one, other) => one.off - other.off)[0];
    if (nearest !== undefined) goTo(nearest.index);
  };
  return (
    <>
      <div class="text-head">
        <h3>Text</h3>
        <Show when={marks().length > 0}>
          <span class="text-steps">
            <span class="quiet numbers" role="status">
              {at() < 0 ? `${marks().length} marked` : `${at() + 1} of ${marks().length} marked`}
            </span>
            <button type="button" class="button is-quiet" onClick={() => step(-1)}>
              Previous<span class="visually-hidden"> marked sentence</span>
            </button>
            <button type="button" class="button is-quiet" onClick={() => step(1)}>
              Next<span class="visually-hidden"> marked sentence</span>
            </button>
          </span>
        </Show>
      </div>
      <Show when={isMissing()}>
        <p class="quiet">The sentence could not be found in the text of its work.</p>
      </Show>
      <div class="text-body">
        <div ref={body} class="text-blocks">
          <Blocks
            blocks={props.source.text.blocks}
            first={0}
            end={props.source.text.blocks.length}
            marks={marks()}
          />
        </div>
        <Show when={marks().length > 0}>
          {/* For the pointer only: the keyboard has the two buttons above. */}
          <div class="text-rail" aria-hidden="true" onPointerUp={onRail}>
            <For each={places()}>
              {(place, index) => (
                <span
                  class="tick-mark"
                  data-kind={marks()[index()]?.kind}
                  style={{ top: `${100 * place}%` }}
                />
              )}
            </For>
          </div>
        </Show>
      </div>
    </>
  );
}
