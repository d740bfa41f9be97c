/** What is wrong with the input, in words for the person who runs the builder. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}

/** Ids named in one message. */
const NAMED = 5;

/** The first few of `ids`, and how many more of `total` there are. */
export function nameSome(ids: readonly string[], total = ids.length): string {
  const named = ids.slice(0, NAMED);
  const more = total - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}
