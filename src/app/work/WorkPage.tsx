import {
  createEffect,
  createResource,
  createSignal,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from "solid-js";
import { Dynamic } from "solid-js/web";
import { readMarkup, toPlainText } from "../../core/citation/rich-text.ts";
import type { CiteDialogProps } from "../citation/CiteDialog.tsx";
import { type Citing, citingSentences } from "../citation/citing.ts";
import { createLazy } from "../controls/create-lazy.ts";
import { errorDetail } from "../error-detail.ts";
import type { ListView } from "../results/create-list-view.ts";
import type { Route } from "../router/routes.ts";
import type { Session } from "../session/session.ts";
import { createMatches } from "./create-matches.ts";
import { WorkImages } from "./WorkImages.tsx";
import { WorkMatches } from "./WorkMatches.tsx";
import { WorkRecord } from "./WorkRecord.tsx";
import { WorkText } from "./WorkText.tsx";
import "./work.css";
import { ReadError } from "../shell/ReadError.tsx";

export interface WorkPageProps {
  readonly session: Session;
  readonly view: ListView;
  readonly route: Extract<Route, { kind: "work" }>;
}

/** The page of a work: its record, what of it lies close to the picture, its pictures, its text. Loaded when it is first opened. */
export function WorkPage(props: WorkPageProps) {
  let heading: HTMLHeadingElement | undefined;
  const controller = new AbortController();
  onCleanup(() => controller.abort());
  const { library } = props.session;
  const [citing, setCiting] = createSignal<Citing | null>(null);
  const citeDialog = createLazy<CiteDialogProps>(
    async () => (await import("../citation/CiteDialog.tsx")).CiteDialog,
    (error) => props.session.refuse(errorDetail(error)),
  );
  const cite = (what: Citing) => {
    citeDialog.load();
    setCiting(what);
  };
  const workId = () => props.route.workId;
  const [detail, { refetch }] = createResource(workId, (id) => library.work(controller.signal, id));
  const loaded = () => (detail.error === undefined ? detail.latest : undefined);
  const [text, { refetch: readAgain }] = createResource(
    () => loaded()?.work.workId,
    (id) => library.text(controller.signal, id),
  );
  const matches = createMatches(props.session, () => loaded() ?? null);

  createEffect(
    on(loaded, (work) => {
      if (work === undefined) return;
      const name = work === null ? "Unknown work" : toPlainText(readMarkup(work.work.title));
      const before = document.title;
      document.title = `${name} – ${before}`;
      // The way to a sentence goes on to the sentence, once the text is there.
      if (props.route.sentence === null) heading?.focus({ preventScroll: true });
      onCleanup(() => {
        document.title = before;
      });
    }),
  );

  return (
    <main class="work-page">
      <p class="work-back">
        <a href="#/">Back to the sentences</a>
      </p>
      <Switch>
        <Match when={detail.error}>
          {(error) => <ReadError error={error()} onRetry={() => void refetch()} />}
        </Match>
        <Match when={detail.loading}>
          <p class="load-title">Opening the work …</p>
        </Match>
        <Match when={detail.latest === null}>
          <h2 ref={heading} tabindex={-1}>
            This edition has no work “{workId()}”
          </h2>
          <p>
            It may be of another edition than the one that is open here, or the address may be
            incomplete.
          </p>
        </Match>
        <Match when={detail.latest}>
          {(work) => (
            <>
              <WorkRecord
                work={work()}
                onHeading={(element) => {
                  heading = element;
                }}
                onCite={() => cite({ kind: "works", works: [work().work.citation] })}
              />
              <div class="work-columns">
                <div class="work-side">
                  <WorkMatches
                    session={props.session}
                    view={props.view}
                    work={work()}
                    matches={matches}
                    text={text.state === "ready" ? text() : null}
                    onCite={(sentence) => cite(citingSentences([sentence]))}
                  />
                  <Show when={work().images.length > 0}>
                    <WorkImages session={props.session} work={work()} />
                  </Show>
                </div>
                <WorkText
                  text={text}
                  matches={matches.answer()?.found ?? []}
                  sentence={props.route.sentence}
                  onRetry={() => void readAgain()}
                  readImage={(signal, file) =>
                    props.session.library.image(signal, work().work.workId, file)
                  }
                />
              </div>
            </>
          )}
        </Match>
      </Switch>
      <Show when={citeDialog.component() !== undefined && citing()}>
        {(what) => (
          <Dynamic
            component={citeDialog.component()}
            citing={what()}
            onClose={() => setCiting(null)}
          />
        )}
      </Show>
    </main>
  );
}
