/** Whether this browser holds own texts, remembered where it can be asked at once and without starting a worker. */
export interface TextsHint {
  read(): boolean;
  write(hasTexts: boolean): void;
}

const KEY = "artefact-own-texts";

/** Creates it over the page's storage, which may be forbidden: then nothing is remembered beyond the page. */
export function createTextsHint(storage: () => Storage): TextsHint {
  let known = readKept(storage);
  return {
    read: () => known,
    write(hasTexts) {
      known = hasTexts;
      try {
        if (hasTexts) storage().setItem(KEY, "1");
        else storage().removeItem(KEY);
      } catch {
        // Texts are then found when their dialog is opened.
      }
    },
  };
}

function readKept(storage: () => Storage): boolean {
  try {
    return storage().getItem(KEY) !== null;
  } catch {
    return false;
  }
}
