import { Show } from "solid-js";
import { createFileDrop } from "./create-file-drop.ts";

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
  const drop = createFileDrop((given) => {
    if (!props.isBusy) props.onFiles(given);
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop has no keyboard; the buttons inside do the same.
    <div
      class="own-model"
      data-over={drop.isOver()}
      onDragOver={drop.onOver}
      onDragLeave={drop.onLeave}
      onDrop={drop.onDrop}
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
        onChange={drop.onChoose}
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
        onChange={drop.onChoose}
      />
    </div>
  );
}
