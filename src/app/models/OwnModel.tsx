import { createSignal, Show } from "solid-js";
import { filesOfDrop } from "./own-files.ts";

interface OwnModelProps {
  readonly isBusy: boolean;
  /** What was said of the files given last; null for nothing. */
  readonly remark: string | null;
  onFiles(files: readonly File[]): void;
}

/** Takes the files of a model from this device: several files, a folder, or a drop. Nothing of them leaves it. */
export function OwnModel(props: OwnModelProps) {
  let files: HTMLInputElement | undefined;
  let folder: HTMLInputElement | undefined;
  const [isOver, setIsOver] = createSignal(false);

  const take = (event: Event & { currentTarget: HTMLInputElement }) => {
    const chosen = [...(event.currentTarget.files ?? [])];
    event.currentTarget.value = "";
    if (chosen.length > 0) props.onFiles(chosen);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    if (props.isBusy) return;
    void filesOfDrop(event.dataTransfer).then((dropped) => props.onFiles(dropped));
  };
  const onOver = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop has no keyboard; the buttons inside do the same.
    <div
      class="own-model"
      data-over={isOver()}
      onDragOver={onOver}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <p class="quiet">
        Choose or drop all files of a CLIP model together: the weights (safetensors or ONNX),
        config.json, preprocessor_config.json and, for phrases, the tokenizer; files of a PEFT
        adapter with them or alone. They stay on this device.
      </p>
      <Show when={props.remark}>{(remark) => <p class="model-warning">{remark()}</p>}</Show>
      <div class="model-actions">
        <button type="button" class="button" disabled={props.isBusy} onClick={() => files?.click()}>
          Choose files
        </button>
        <button
          type="button"
          class="button"
          disabled={props.isBusy}
          onClick={() => folder?.click()}
        >
          Choose a folder
        </button>
      </div>
      <input
        ref={files}
        class="visually-hidden"
        type="file"
        multiple
        tabindex={-1}
        aria-label="Files of a model"
        onChange={take}
      />
      <input
        ref={(input) => {
          folder = input;
          input.webkitdirectory = true;
        }}
        class="visually-hidden"
        type="file"
        tabindex={-1}
        aria-label="Folder of a model"
        onChange={take}
      />
    </div>
  );
}
