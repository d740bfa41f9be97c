/** What the page can show besides the picture and its sentences; each has an address of its own. */
export type Route =
  | { readonly kind: "home" }
  /** A work, opened at one of its sentences (counted from 1) or at its beginning. */
  | { readonly kind: "work"; readonly workId: string; readonly sentence: number | null };

/** Ids of works longer than this are nonsense. */
const MOST_ID_LENGTH = 200;

/** The address of a work, or of a sentence in it: "#/work/W123", "#/work/W123/13". */
export function workRoute(workId: string, sentence: number | null = null): string {
  return `#/work/${encodeURIComponent(workId)}${sentence === null ? "" : `/${sentence}`}`;
}

/** Reads the fragment of the page's address. Whatever is no route is the picture and its sentences. */
export function parseRoute(fragment: string): Route {
  const match = /^#\/work\/([^/?#]+)(?:\/([1-9]\d{0,8}))?$/.exec(fragment);
  const workId = match === null ? null : decode(match[1] ?? "");
  if (workId === null || workId === "" || workId.length > MOST_ID_LENGTH) return { kind: "home" };
  return { kind: "work", workId, sentence: match?.[2] === undefined ? null : Number(match[2]) };
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
