/** What is wrong with the input, in words for the person who runs the builder. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Ids named in one message. */
const NAMED = 5;

/** The first few of `ids`, and how many more there are. */
export function nameSome(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED).join(", ");
  return ids.length > NAMED ? `${named} and ${ids.length - NAMED} more` : named;
}
