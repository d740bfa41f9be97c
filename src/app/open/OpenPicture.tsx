import type { AppErrorDetail } from "../../core/errors.ts";
import type { Picture } from "../session/session-state.ts";
import { pictureOfFile } from "./picture-source.ts";

interface OpenPictureProps {
  onPicture(picture: Picture): void;
  onRefused(error: AppErrorDetail): void;
}

/** The two buttons that bring a picture in: from a file, or from the clipboard. */
export function OpenPicture(props: OpenPictureProps) {
  let input: HTMLInputElement | undefined;

  const onFile = (event: Event & { currentTarget: HTMLInputElement }) => {
    const file = event.currentTarget.files?.[0];
    // Emptied, so that choosing the same file again is a change again.
    if (file !== undefined) props.onPicture(pictureOfFile(file, file.name));
    event.currentTarget.value = "";
  };

  const paste = async () => {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((candidate) => candidate.startsWith("image/"));
        if (type === undefined) continue;
        props.onPicture(pictureOfFile(await item.getType(type), "Pasted picture"));
        return;
      }
      props.onRefused({ code: "picture-missing", from: "clipboard" });
    } catch {
      // Refused permission, or a browser without this call: the keyboard's paste still works.
      props.onRefused({ code: "picture-missing", from: "clipboard" });
    }
  };

  return (
    <div class="open-picture">
      <button type="button" class="button is-primary" onClick={() => input?.click()}>
        Open picture
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept="image/*"
        tabindex={-1}
        aria-label="Picture file"
        onChange={onFile}
      />
      <button type="button" class="button" onClick={() => void paste()}>
        Paste
      </button>
    </div>
  );
}
