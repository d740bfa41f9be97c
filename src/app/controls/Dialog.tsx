import { createUniqueId, type JSX, onCleanup, onMount } from "solid-js";
import "./dialog.css";

interface DialogProps {
  readonly title: string;
  /** The width that its content wants. */
  readonly width: "narrow" | "wide";
  /** Called once the dialog was closed, by the button, by Escape or by a click beside it. */
  onClose(): void;
  /** Gets the element, for listeners of its own. */
  onElement?(dialog: HTMLDialogElement): void;
  readonly children: JSX.Element;
}

/**
 * The frame of every dialog: modal from the moment at which it is put on the page, with a heading that names it. It is taken off
 * the page in `onClose`; the browser gives the focus back to where it came from.
 */
export function Dialog(props: DialogProps) {
  let dialog: HTMLDialogElement | undefined;
  const titleId = createUniqueId();
  onMount(() => dialog?.showModal());
  // Where it is taken away while open, the browser gives the focus back as for any closing.
  onCleanup(() => dialog?.close());
  return (
    <dialog
      ref={(element) => {
        dialog = element;
        // A click beside it closes it; the attribute is too young for the typings.
        element.setAttribute("closedby", "any");
        props.onElement?.(element);
      }}
      class="dialog"
      data-width={props.width}
      aria-labelledby={titleId}
      onClose={() => props.onClose()}
    >
      <div class="dialog-sheet">
        <header class="dialog-head">
          <h2 id={titleId}>{props.title}</h2>
          <button type="button" class="button" onClick={() => dialog?.close()}>
            Close
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}
