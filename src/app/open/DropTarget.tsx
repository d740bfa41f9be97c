import { createSignal, onCleanup, onMount, Show } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { Picture } from "../session/session-state.ts";
import { pictureFileIn, pictureOfFile } from "./picture-source.ts";
import { holdsTexts, textFilesIn } from "./text-files.ts";

interface DropTargetProps {
  onPicture(picture: Picture): void;
  /** Texts were dropped, which may become the person's own. */
  onTexts(files: readonly File[]): void;
  onRefused(error: AppErrorDetail): void;
}

/** Makes the whole window take a dropped or pasted picture, or dropped texts, and says so while something is dragged over it. */
export function DropTarget(props: DropTargetProps) {
  const [over, setOver] = createSignal<"picture" | "texts" | null>(null);
  // Entering a child leaves its parent, so that only a balance tells whether the drag is still over the window.
  let depth = 0;

  const take = (file: File | null, from: "drop" | "clipboard") => {
    if (file === null) props.onRefused({ code: "picture-missing", from });
    else props.onPicture(pictureOfFile(file, file.name));
  };
  const onEnter = (event: DragEvent) => {
    if (isForTextField(event)) return;
    event.preventDefault();
    depth += 1;
    // Text that is dragged is no picture: nothing invites it.
    if (hasFiles(event)) setOver(holdsTexts(event.dataTransfer) ? "texts" : "picture");
  };
  const onLeave = () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) setOver(null);
  };
  const onOver = (event: DragEvent) => {
    if (!isForTextField(event)) event.preventDefault();
  };
  const onDrop = (event: DragEvent) => {
    depth = 0;
    setOver(null);
    if (isForTextField(event)) return;
    event.preventDefault();
    const texts = textFilesIn(event.dataTransfer);
    if (texts.length > 0) return props.onTexts(texts);
    take(pictureFileIn(event.dataTransfer), "drop");
  };
  const onPaste = (event: ClipboardEvent) => {
    if (isTextField(event.target)) return;
    event.preventDefault();
    take(pictureFileIn(event.clipboardData), "clipboard");
  };

  onMount(() => {
    window.addEventListener("dragenter", onEnter);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("dragover", onOver);
    window.addEventListener("drop", onDrop);
    document.addEventListener("paste", onPaste);
    onCleanup(() => {
      window.removeEventListener("dragenter", onEnter);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("drop", onDrop);
      document.removeEventListener("paste", onPaste);
    });
  });

  return (
    <Show when={over()}>
      <div class="drop-target" aria-hidden="true">
        <p>
          {over() === "texts" ? "Drop the text to add it to yours." : "Drop the picture anywhere."}
        </p>
      </div>
    </Show>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Text may be dragged into a field as anywhere else. */
function isForTextField(event: DragEvent): boolean {
  return isTextField(event.target) && !hasFiles(event);
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea"))
  );
}
