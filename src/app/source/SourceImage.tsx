import { createResource, Match, onCleanup, Switch } from "solid-js";
import type { WorkImage } from "../../core/edition/works-file.ts";
import { errorDetail } from "../error-detail.ts";
import { errorWords } from "../error-words.ts";
import { createInView } from "../work/create-in-view.ts";

interface SourceImageProps {
  readonly image: WorkImage;
  read(signal: AbortSignal, file: string): Promise<Blob>;
}

/** An image where the text has it, fetched when it comes into sight; its place is kept before. */
export function SourceImage(props: SourceImageProps) {
  const controller = new AbortController();
  const { isInView, watch } = createInView();
  const [shown, { refetch }] = createResource(isInView, async () => {
    const blob = await props.read(controller.signal, props.image.file);
    return URL.createObjectURL(blob);
  });
  onCleanup(() => {
    controller.abort();
    const url = shown.error === undefined ? shown.latest : undefined;
    if (url !== undefined) URL.revokeObjectURL(url);
  });
  return (
    <figure class="source-image" ref={watch} style={{ "max-width": `${props.image.width}px` }}>
      <div style={{ "aspect-ratio": `${props.image.width} / ${props.image.height}` }}>
        <Switch>
          <Match when={shown.error}>
            {(error) => (
              <p role="alert">
                {errorWords(errorDetail(error())).title}.{" "}
                <button type="button" class="button is-quiet" onClick={() => void refetch()}>
                  Try again
                </button>
              </p>
            )}
          </Match>
          <Match when={shown.latest}>
            {(url) => (
              <img
                src={url()}
                alt={altWords(props.image)}
                width={props.image.width}
                height={props.image.height}
              />
            )}
          </Match>
        </Switch>
      </div>
      <figcaption class="quiet numbers">{pageWords(props.image)}</figcaption>
    </figure>
  );
}

/** The corpus has no description of its images: what stands below them in the text is read next anyway. */
function altWords(image: WorkImage): string {
  return `Picture, ${pageWords(image).toLowerCase()}`;
}

/** Which page of the scan; that is not a page that could be cited. */
function pageWords({ page }: WorkImage): string {
  return page > 0 ? `Page ${page} of the scan` : "A page of the scan";
}
