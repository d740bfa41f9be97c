import { createMemo, createResource, createSignal, Match, onCleanup, Show, Switch } from "solid-js";
import type { SentenceSource } from "../../core/protocol.ts";
import { headingOf } from "../../core/source/segments.ts";
import { workRoute } from "../router/routes.ts";
import { Blocks } from "./Blocks.tsx";
import { BlockText } from "./BlockText.tsx";
import { marksOf } from "./marks.ts";
import { type SourceImages, SourceImagesContext } from "./source-images.ts";
import "./source.css";
import { ReadError } from "../shell/ReadError.tsx";

export interface ParagraphProps {
  readonly row: number;
  /** Rows of all sentences on the page; those of the same work are marked too. */
  readonly found: ReadonlySet<number>;
  /** The work that it stands in; null for a text of the person's own, which has no page. */
  readonly workId: string | null;
  read(signal: AbortSignal, row: number): Promise<SentenceSource | null>;
  readImage(signal: AbortSignal, workId: string, file: string): Promise<Blob>;
}

/** The paragraph that a sentence stands in, with steps to what comes before and after. */
export function Paragraph(props: ParagraphProps) {
  const controller = new AbortController();
  onCleanup(() => controller.abort());
  const [source, { refetch }] = createResource(
    () => props.row,
    (row) => props.read(controller.signal, row),
  );
  const imagesOf = ({ images }: SentenceSource): SourceImages | null => {
    const { workId } = props;
    if (workId === null) return null;
    return { images, read: (signal, file) => props.readImage(signal, workId, file) };
  };
  return (
    <div class="paragraph">
      <Switch>
        <Match when={source.loading}>
          <p class="quiet">Reading the source …</p>
        </Match>
        <Match when={source.error}>
          {(error) => <ReadError error={error()} onRetry={() => void refetch()} />}
        </Match>
        <Match when={source.latest === null}>
          <p class="quiet">The corpus holds no text of this work; only its sentences.</p>
        </Match>
        <Match when={source.latest}>
          {(read) => (
            <Show
              when={read().text.spans[read().sentence]}
              fallback={
                <p class="quiet">
                  The sentence could not be found in the text of its work.{" "}
                  <WholeText workId={props.workId} source={read()} />
                </p>
              }
            >
              {(span) => (
                <SourceImagesContext.Provider value={imagesOf(read())}>
                  <Walk
                    source={read()}
                    found={props.found}
                    first={span().block}
                    last={span().lastBlock}
                    workId={props.workId}
                  />
                </SourceImagesContext.Provider>
              )}
            </Show>
          )}
        </Match>
      </Switch>
    </div>
  );
}

interface WalkProps {
  readonly source: SentenceSource;
  readonly found: ReadonlySet<number>;
  /** First and last block of the sentence. */
  readonly first: number;
  readonly last: number;
  readonly workId: string | null;
}

function Walk(props: WalkProps) {
  const [before, setBefore] = createSignal(0);
  const [after, setAfter] = createSignal(0);
  const blocks = () => props.source.text.blocks;
  const first = () => Math.max(0, props.first - before());
  const end = () => Math.min(blocks().length, props.last + 1 + after());
  const isWhole = () => first() === 0 && end() === blocks().length;
  const heading = () => headingOf(blocks(), first());
  const marks = createMemo(() => marksOf(props.source, props.found));
  return (
    <>
      <Show when={heading()}>
        {(block) => (
          <p class="paragraph-heading quiet">
            <BlockText block={block()} index={-1} marks={[]} />
          </p>
        )}
      </Show>
      <Blocks blocks={blocks()} first={first()} end={end()} marks={marks()} />
      <p class="paragraph-steps">
        <button
          type="button"
          class="button is-quiet"
          disabled={first() === 0}
          onClick={() => setBefore(before() + 1)}
        >
          Show the one before
        </button>
        <button
          type="button"
          class="button is-quiet"
          disabled={end() === blocks().length}
          onClick={() => setAfter(after() + 1)}
        >
          Show the next
        </button>
        <WholeText workId={props.workId} source={props.source} />
        <Show when={props.workId === null && !isWhole()}>
          <button
            type="button"
            class="button is-quiet"
            onClick={() => {
              setBefore(blocks().length);
              setAfter(blocks().length);
            }}
          >
            Show the whole text
          </button>
        </Show>
      </p>
    </>
  );
}

/** The way to the work's own page, at the sentence. */
function WholeText(props: { readonly workId: string | null; readonly source: SentenceSource }) {
  return (
    <Show when={props.workId}>
      {(workId) => (
        <a class="button is-quiet" href={workRoute(workId(), props.source.sentence + 1)}>
          Whole text
        </a>
      )}
    </Show>
  );
}
