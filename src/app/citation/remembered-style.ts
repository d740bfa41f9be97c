import { CITATION_STYLES, type CitationStyle } from "../../core/citation/cite.ts";

const KEY = "artefact-citation-style";

/** The style used last on this device. Notes come first: that is how art history cites. */
export function recallStyle(): CitationStyle {
  try {
    const stored = localStorage.getItem(KEY);
    return CITATION_STYLES.find((style) => style === stored) ?? "chicago-note";
  } catch {
    return "chicago-note";
  }
}

/** Keeps a style for the next time, where the browser lets the page keep anything. */
export function rememberStyle(style: CitationStyle): void {
  try {
    localStorage.setItem(KEY, style);
  } catch {
    // Without storage the style is chosen anew at every visit.
  }
}
