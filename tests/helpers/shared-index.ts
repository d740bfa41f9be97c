import type { AdaptedIndex } from "../../src/core/edition/manifest-adapted.ts";

/** What the manifest says of one index for both variants. */
export function sharedIndex(rank: number): AdaptedIndex {
  return {
    kind: "shared",
    fingerprint: "a".repeat(64),
    rank,
    identityError: 1e-7,
    identityRows: 10,
    conditionNumber: 2,
    queryGrowth: { mean: 1, largest: 1 },
  };
}
