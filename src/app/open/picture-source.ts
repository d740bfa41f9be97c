import type { Picture } from "../session/session-state.ts";

/** The file in a drop or a paste that is meant: the first picture, else the first file of any kind, else null. */
export function pictureFileIn(transfer: DataTransfer | null): File | null {
  const files = filesIn(transfer);
  return files.find((file) => file.type.startsWith("image/")) ?? files[0] ?? null;
}

/** The files, without folders: those look like files that cannot be read. */
function filesIn(transfer: DataTransfer | null): readonly File[] {
  const items = [...(transfer?.items ?? [])].filter((item) => item.kind === "file");
  if (items.length === 0) return [...(transfer?.files ?? [])];
  return items.flatMap((item) => {
    const file = item.webkitGetAsEntry()?.isDirectory === true ? null : item.getAsFile();
    return file === null ? [] : [file];
  });
}

/** Makes a picture out of a file. Its object URL lives until {@link releasePicture}. */
export function pictureOfFile(file: Blob, name: string): Picture {
  const shown = name === "" ? "Your picture" : name;
  return {
    name: shown,
    alt: shown,
    blob: file,
    url: URL.createObjectURL(file),
    isSample: false,
  };
}

/** Frees what the browser keeps for a picture's address. */
export function releasePicture(picture: Picture): void {
  if (picture.url.startsWith("blob:")) URL.revokeObjectURL(picture.url);
}
