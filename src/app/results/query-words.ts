import type { Scale } from "../../core/protocol.ts";
import type { Shown } from "../session/session-state.ts";
import { regionWords } from "../stage/cell-words.ts";

/** What a list was searched for, after "the 25 sentences": "closest to the whole picture", "closest in wording to “red”". */
export function queryWords({ encoded, results }: Shown): string {
  const { answer, phrase, region } = results;
  const words = `“${phrase?.text ?? ""}”`;
  if (encoded === null || answer.scale === "text") return `closest in wording to ${words}`;
  const where = `closest to ${regionWords(region, encoded.view)}`;
  if (answer.scale === "picture") return where;
  return phrase?.mode === "subtract" ? `${where} without ${words}` : `${where} with ${words}`;
}

/** What nearness means on a scale, where that is not the picture's own; null where nothing needs saying. */
export function scaleNote(scale: Scale, hasPicture: boolean): string | null {
  switch (scale) {
    case "picture":
      return null;
    case "text":
      return hasPicture
        ? "Ranked by closeness of wording, another scale than closeness to the picture. The maps still show what in the picture speaks for each sentence."
        : "Ranked by closeness of wording, another scale than closeness to a picture.";
    case "mixed":
      return "Ranked by picture and phrase together, a scale of its own. The maps show what in the picture speaks for each sentence.";
  }
}

/** The name of a scale's score among the details of a sentence. */
export function scoreWords(scale: Scale): string {
  switch (scale) {
    case "picture":
      return "Cosine, picture to sentence";
    case "text":
      return "Cosine, phrase to sentence";
    case "mixed":
      return "Cosine, picture and phrase to sentence";
  }
}

/** What the five steps of strength are about. */
export function nearnessWords(scale: Scale): string {
  switch (scale) {
    case "picture":
      return "to the picture";
    case "text":
      return "in wording";
    case "mixed":
      return "to picture and phrase";
  }
}
