/** Files of a person's own, sorted into what a model and what an adapter is made of. */
export interface OwnFiles {
  readonly weights: readonly File[];
  readonly adapter: readonly File[];
}

/** Files of an adapter, as PEFT names them. */
const ADAPTER_FILE = /^adapter_/;

/** Sorts files by their names; what a system puts beside them unseen is left out. */
export function sortOwnFiles(files: readonly File[]): OwnFiles {
  const visible = files.filter((file) => !file.name.startsWith("."));
  return {
    weights: visible.filter((file) => !ADAPTER_FILE.test(file.name)),
    adapter: visible.filter((file) => ADAPTER_FILE.test(file.name)),
  };
}

/** Most files that are taken out of dropped folders: a model has a dozen, and a whole disk is a mistake. */
const MOST_FILES = 200;

/** All files of a drop, those in folders too. To be called while the event is handled: a drop is empty afterwards. */
export async function filesOfDrop(transfer: DataTransfer | null): Promise<readonly File[]> {
  const entries = [...(transfer?.items ?? [])].flatMap((item) => {
    const entry = item.webkitGetAsEntry();
    return entry === null ? [] : [entry];
  });
  const given = [...(transfer?.files ?? [])];
  // A browser that gives no entries gives the files themselves.
  if (entries.length === 0) return given;
  const files: File[] = [];
  try {
    for (const entry of entries) await collect(entry, files);
  } catch {
    // What the system does not let be listed is taken as it was given: whoever reads it says why that fails.
    return given;
  }
  return files;
}

async function collect(entry: FileSystemEntry, files: File[]): Promise<void> {
  if (files.length >= MOST_FILES) return;
  if (entry.isFile) {
    files.push(
      await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      }),
    );
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A folder is read in portions; an empty one is the end.
  for (;;) {
    const portion = await new Promise<readonly FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (portion.length === 0) return;
    for (const inner of portion) await collect(inner, files);
  }
}
