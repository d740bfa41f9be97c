import type { EncoderInfo } from "../../core/protocol.ts";
import { queryWords } from "../results/query-words.ts";
import { downloadTotals, type ProgressView } from "../session/progress-view.ts";
import type { SessionState } from "../session/session-state.ts";
import { offerWords } from "./offer-words.ts";

/** Long work is announced by quarters, not by event. */
const QUARTERS = 4;

/** What a screen reader should hear about a state; empty for nothing. Failures are announced by their own alert. */
export function announcement(state: SessionState, encoder: EncoderInfo | null): string {
  if (state.offer !== null) return offerWords(state.offer).title;
  switch (state.kind) {
    case "idle":
      return isCancelled(state) ? "Cancelled" : "";
    case "failed":
      return "";
    case "loading":
      return longWork(state.progress) ?? `Reading ${state.picture?.name ?? "your words"}`;
    case "showing": {
      if (isCancelled(state)) return "Cancelled";
      const { answer, variant } = state.shown.results;
      if (state.isSearching) return longWork(state.progress) ?? "";
      if (answer.found.length === 0) return "No sentence was found";
      // Only where there is another model to tell it from.
      const name = encoder?.variants.adapted == null ? "" : `, by ${encoder.variants[variant]}`;
      const sentences =
        answer.found.length === 1 ? "1 sentence" : `${answer.found.length} sentences`;
      const count = `${sentences} ${queryWords(state.shown)}${name}`;
      return `${count}. First: ${answer.found[0]?.text ?? ""}`;
    }
  }
}

/** How far the work is that takes long enough to be told of: a download, or sentences to embed; null for other work. */
function longWork(progress: ProgressView): string | null {
  const { loaded, total } = downloadTotals(progress);
  if (loaded < total) return `Download ${quarters(loaded, total)} percent`;
  const { sentences } = progress;
  if (sentences === null || sentences.embedded >= sentences.total) return null;
  return `Embedding the sentences, ${quarters(sentences.embedded, sentences.total)} percent`;
}

function quarters(done: number, total: number): number {
  return (Math.floor((done / total) * QUARTERS) / QUARTERS) * 100;
}

function isCancelled({ run, cancelledRun }: SessionState): boolean {
  return run === cancelledRun;
}
