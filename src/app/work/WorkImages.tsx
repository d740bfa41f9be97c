import { createResource, For, Match, onCleanup, Switch } from "solid-js";
import { readMarkup, toPlainText } from "../../core/citation/rich-text.ts";
import type { WorkDetail } from "../../core/protocol.ts";
import { errorDetail } from "../error-detail.ts";
import { errorWords } from "../error-words.ts";
import { pictureOfFile } from "../open/picture-source.ts";
import type { Session } from "../session/session.ts";
import { createInView } from "./create-in-view.ts";

interface WorkImagesProps {
  readonly session: Session;
  readonly work: WorkDetail;
}

type Image = WorkDetail["images"][number];

/** The pictures of a work in page order; each can be searched with. They are fetched as they come into sight. */
export function WorkImages(props: WorkImagesProps) {
  const title = () => toPlainText(readMarkup(props.work.work.title));
  return (
    <section class="work-images" aria-labelledby="work-images-title">
      <h3 id="work-images-title">Pictures in this work</h3>
      <ol>
        <For each={props.work.images}>
          {(image) => (
            <WorkImage
              image={image}
              read={(signal) =>
                props.session.library.image(signal, props.work.work.workId, image.file)
              }
              onSearch={(blob) =>
                props.session.openPicture(pictureOfFile(blob, `${pageWords(image)}, ${title()}`))
              }
            />
          )}
        </For>
      </ol>
    </section>
  );
}

interface WorkImageProps {
  readonly image: Image;
  read(signal: AbortSignal): Promise<Blob>;
  onSearch(blob: Blob): void;
}

function WorkImage(props: WorkImageProps) {
  const controller = new AbortController();
  const { isInView, watch } = createInView();
  const [shown, { refetch }] = createResource(isInView, async () => {
    const blob = await props.read(controller.signal);
    return { blob, url: URL.createObjectURL(blob) };
  });
  onCleanup(() => {
    controller.abort();
    const { url } = (shown.error === undefined ? shown.latest : undefined) ?? {};
    if (url !== undefined) URL.revokeObjectURL(url);
  });
  return (
    <li ref={watch} class="work-image">
      <Switch
        fallback={
          <span
            class="image-place"
            style={{ "aspect-ratio": `${props.image.width} / ${props.image.height}` }}
          />
        }
      >
        <Match when={shown.error}>
          {(error) => (
            <span class="image-place" role="alert">
              {errorWords(errorDetail(error())).title}.{" "}
              <button type="button" class="button is-quiet" onClick={() => void refetch()}>
                Try again
              </button>
            </span>
          )}
        </Match>
        <Match when={shown.latest}>
          {(there) => (
            <button type="button" class="image-button" onClick={() => props.onSearch(there().blob)}>
              <img src={there().url} alt="" width={props.image.width} height={props.image.height} />
              <span>
                Search with this picture
                <span class="visually-hidden">: {pageWords(props.image)}</span>
              </span>
            </button>
          )}
        </Match>
      </Switch>
      <p class="quiet numbers">{pageWords(props.image)}</p>
    </li>
  );
}

/** Which page of the scan; that is not a page that could be cited. */
function pageWords({ page }: Image): string {
  return page > 0 ? `Page ${page} of the scan` : "A page of the scan";
}
