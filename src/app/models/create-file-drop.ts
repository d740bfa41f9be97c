import { type Accessor, createSignal } from "solid-js";
import { filesOfDrop } from "./own-files.ts";

/** A place that files can be dropped on, or chosen for in a dialog. */
export interface FileDrop {
  /** True while something is dragged over it. */
  readonly isOver: Accessor<boolean>;
  onOver(event: DragEvent): void;
  onLeave(): void;
  onDrop(event: DragEvent): void;
  /** Takes what was chosen with an input, which can then be asked for the same files again. */
  onChoose(event: Event & { currentTarget: HTMLInputElement }): void;
}

/** Creates it; `onFiles` gets what was given, where it was anything. */
export function createFileDrop(onFiles: (files: readonly File[]) => void): FileDrop {
  const [isOver, setIsOver] = createSignal(false);
  const give = (files: readonly File[]) => {
    if (files.length > 0) onFiles(files);
  };
  return {
    isOver,
    onOver(event) {
      event.preventDefault();
      setIsOver(true);
    },
    onLeave: () => setIsOver(false),
    onDrop(event) {
      event.preventDefault();
      setIsOver(false);
      void filesOfDrop(event.dataTransfer).then(give);
    },
    onChoose({ currentTarget }) {
      const chosen = [...(currentTarget.files ?? [])];
      currentTarget.value = "";
      give(chosen);
    },
  };
}
