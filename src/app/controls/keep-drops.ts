/** Keeps drops on a dialog to itself: the window's own target takes pictures. */
export function keepDrops(dialog: HTMLDialogElement): void {
  const keep = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    dialog.addEventListener(type, keep);
  }
}
