import type { EncodedPicture, SearchRequest } from "../../core/protocol.ts";
import { poolSize, restarted } from "../../core/results/listing.ts";
import { queryFor } from "./query.ts";
import type { Asked } from "./session-state.ts";

/** Cells of a picture at the fineness that is usual; more of them are not worth preparing. */
const MOST_CELLS = 64;

/**
 * The requests for all cells of a picture that was searched as a whole, as choosing one would make them; none for any other question.
 *
 * @param works the filter's mask, or null
 */
export function cellRequests(
  { encoded, region, phrase, variant, listing }: Asked,
  works: Uint8Array<ArrayBuffer> | null,
): SearchRequest[] {
  if (encoded === null || region.kind !== "whole" || phrase !== null) return [];
  const { rows, columns } = encoded.view;
  if (rows * columns > MOST_CELLS) return [];
  const { hiddenFlags } = listing;
  const count = poolSize(restarted(listing));
  return cellsOf(encoded).flatMap((cell): SearchRequest[] => {
    const query = queryFor(encoded, null, variant, { kind: "cell", ...cell }, null);
    if (query === null) return [];
    return [{ ...query, variant, count, hiddenFlags, ...(works && { works }) }];
  });
}

function cellsOf({ view: { rows, columns } }: EncodedPicture) {
  return Array.from({ length: rows * columns }, (_, index) => {
    return { row: Math.floor(index / columns), column: index % columns };
  });
}
