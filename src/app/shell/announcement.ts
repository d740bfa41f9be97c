import type { EncoderInfo } from "../../core/protocol.ts";
import { queryWords } from "../results/query-words.ts";
import { downloadTotals } from "../session/progress-view.ts";
import type { SessionState } from "../session/session-state.ts";
import { offerWords } from "./offer-words.ts";

/** Downloads are announced by quarters, not by event. */
const QUARTERS = 4;

/** What a screen reader should hear about a state; empty for nothing. Failures are announced by their own alert. */
export function announcement(state: SessionState, encoder: EncoderInfo | null): string {
  if (state.offer !== null) return offerWords(state.offer).title;
  switch (state.kind) {
    case "idle":
      return isCancelled(state) ? "Cancelled" : "";
    case "failed":
      return "";
    case "loading": {
      const { loaded, total } = downloadTotals(state.progress);
      if (total === 0 || loaded >= total) return `Reading ${state.picture?.name ?? "your words"}`;
      const percent = (Math.floor((loaded / total) * QUARTERS) / QUARTERS) * 100;
      return `Download ${percent} percent`;
    }
    case "showing": {
      if (isCancelled(state)) return "Cancelled";
      const { answer, variant } = state.shown.results;
      if (state.isSearching || answer.found.length === 0) return "";
      // Only where there is another model to tell it from.
      const name = encoder?.variants.adapted == null ? "" : `, by ${encoder.variants[variant]}`;
      const count = `${answer.found.length} sentences ${queryWords(state.shown)}${name}`;
      return `${count}. First: ${answer.found[0]?.text ?? ""}`;
    }
  }
}

function isCancelled({ run, cancelledRun }: SessionState): boolean {
  return run === cancelledRun;
}
