import { queryWords } from "../results/query-words.ts";
import { downloadTotals } from "../session/progress-view.ts";
import type { SessionState } from "../session/session-state.ts";

/** Downloads are announced by quarters, not by event. */
const QUARTERS = 4;

/** What a screen reader should hear about a state; empty for nothing. Failures are announced by their own alert. */
export function announcement(state: SessionState): string {
  switch (state.kind) {
    case "idle":
    case "failed":
      return "";
    case "loading": {
      const { loaded, total } = downloadTotals(state.progress);
      if (total === 0 || loaded >= total) return `Reading ${state.picture?.name ?? "your words"}`;
      const percent = (Math.floor((loaded / total) * QUARTERS) / QUARTERS) * 100;
      return `Download ${percent} percent`;
    }
    case "showing": {
      const { answer } = state.shown.results;
      if (state.isSearching || answer.found.length === 0) return "";
      return `${answer.found.length} sentences ${queryWords(state.shown)}. First: ${answer.found[0]?.text ?? ""}`;
    }
  }
}
