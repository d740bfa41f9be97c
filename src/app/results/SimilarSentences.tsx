import { createResource, For, Match, onCleanup, Switch } from "solid-js";
import { readMarkup } from "../../core/citation/rich-text.ts";
import type { FoundSentence } from "../../core/protocol.ts";
import { RichTextView } from "../citation/RichTextView.tsx";
import { workRoute } from "../router/routes.ts";
import { ReadError } from "../shell/ReadError.tsx";

export interface SimilarSentencesProps {
  read(signal: AbortSignal): Promise<readonly FoundSentence[]>;
}

/** The near-duplicates that are folded under a sentence, with the works that they stand in. */
export function SimilarSentences(props: SimilarSentencesProps) {
  const controller = new AbortController();
  onCleanup(() => controller.abort());
  const [similar, { refetch }] = createResource(() => props.read(controller.signal));
  return (
    <Switch>
      <Match when={similar.loading}>
        <p class="quiet">Reading similar sentences …</p>
      </Match>
      <Match when={similar.error}>
        {(error) => <ReadError error={error()} onRetry={() => void refetch()} />}
      </Match>
      <Match when={similar.latest}>
        {(sentences) => (
          <ul class="similar-sentences">
            <For
              each={sentences()}
              fallback={<li class="quiet">They cannot be read at the moment.</li>}
            >
              {({ text, work }) => (
                <li>
                  <blockquote class="quote" lang="en" dir="auto">
                    <p>{text}</p>
                  </blockquote>
                  <p class="source">
                    {work.author}, {work.year},{" "}
                    <cite>
                      <a class="work-link" href={workRoute(work.workId)}>
                        <RichTextView text={readMarkup(work.title)} />
                      </a>
                    </cite>
                  </p>
                </li>
              )}
            </For>
          </ul>
        )}
      </Match>
    </Switch>
  );
}
