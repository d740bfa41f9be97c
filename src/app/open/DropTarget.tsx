import { createSignal, onCleanup, onMount, Show } from "solid-js";
import type { AppErrorDetail } from "../../core/errors.ts";
import type { Picture } from "../session/session-state.ts";
import { pictureFileIn, pictureOfFile } from "./picture-source.ts";

interface DropTargetProps {
  onPicture(picture: Picture): void;
  onRefused(error: AppErrorDetail): void;
}

/** Makes the whole window take a dropped or pasted picture, and says so while something is dragged over it. */
export function DropTarget(props: DropTargetProps) {
  const [isOver, setIsOver] = createSignal(false);
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
    if (hasFiles(event)) setIsOver(true);
  };
  const onLeave = () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) setIsOver(false);
  };
  const onOver = (event: DragEvent) => {
    if (!isForTextField(event)) event.preventDefault();
  };
  const onDrop = (event: DragEvent) => {
    depth = 0;
    setIsOver(false);
    if (isForTextField(event)) return;
    event.preventDefault();
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
    <Show when={isOver()}>
      <div class="drop-target" aria-hidden="true">
        <p>Drop the picture anywhere.</p>
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
