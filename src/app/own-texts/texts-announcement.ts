import type { OwnLibrary } from "../../core/own-texts/protocol.ts";
import type { TextsJob } from "./create-text-shelf.ts";
import { addedWords, amountWords, countWords } from "./words.ts";

/** Parts of the reading that are said. */
const QUARTERS = 4;

/** What the dialog says of itself to those who do not see it. */
export function textsAnnouncement(job: TextsJob, library: OwnLibrary | null): string {
  switch (job.kind) {
    case "none":
      if (library === null) return "";
      if (library.deleted.length > 0) {
        return `${countWords(library.deleted.length, "text")} deleted. It can be undone.`;
      }
      return amountWords(library.sentences, library.works.length);
    case "adding":
      return `Keeping ${job.name}`;
    case "asking":
      return "A question stands above the list.";
    case "reading": {
      if (job.total === 0) return "Opening the model";
      const quarter = Math.floor((job.embedded / job.total) * QUARTERS);
      return `Reading your texts, ${quarter * (100 / QUARTERS)} percent`;
    }
    case "added":
      return addedWords(job.added);
    case "cancelled":
      return "Reading stopped";
    case "elsewhere":
      return "Another tab is reading these texts";
    case "failed":
      // The alert says it.
      return "";
  }
}
