import type { FieldError, FieldReader } from "../model/json-fields.ts";

/** Where test queries come from: whole pictures, parts of pictures, sentences, or rows with noise. */
const QUERY_KINDS = ["images", "patches", "texts", "synthetic"] as const;
type QueryKind = (typeof QUERY_KINDS)[number];
const VARIANTS = ["base", "adapted"] as const;

/** Means over queries after each share of the corpus was scanned, in the order of `shares`. */
export interface ProofFigures {
  readonly kind: QueryKind;
  readonly variant: (typeof VARIANTS)[number];
  readonly queries: number;
  /** Answers that are compared. */
  readonly at: number;
  /** Shares of the corpus that were scanned, ascending, from above 0 to 1. */
  readonly shares: readonly number[];
  /** Share of the exact best that were found: by the codes alone, and after the exact re-rank. */
  readonly recall: readonly number[];
  readonly recallReranked: readonly number[];
  /** By how much the mean exact score of what was found is below that of the exact best. */
  readonly regret: readonly number[];
  readonly regretReranked: readonly number[];
  /** Exact score with the closest sentence that all but {@link OUTLIERS} of the queries reach; absent for too few queries. */
  readonly reach?: number;
}

/** Share of queries that may lie further from every sentence than `reach` says. */
export const OUTLIERS = 0.05;

/** What was measured when the edition was built. */
export interface Proof {
  /** Share of the variance of scores that is the same for all pictures, or null where no pictures were given. */
  readonly hubShare: number | null;
  readonly figures: readonly ProofFigures[];
}

const MOST_QUERIES = 2 ** 32 - 1;

/** Reads the manifest's `proof`; throws what `corrupt` makes. */
export function parseProof(fields: FieldReader, corrupt: FieldError): Proof {
  return {
    hubShare: fields.has("hubShare") ? fields.number("hubShare", 0, Number.MAX_VALUE) : null,
    figures: fields.objects("figures").map((figures) => parseFigures(figures, corrupt)),
  };
}

function parseFigures(fields: FieldReader, corrupt: FieldError): ProofFigures {
  const shares = fields.numbers("shares");
  const isRising = shares.every((share, i) => share > (shares[i - 1] ?? 0) && share <= 1);
  if (shares.length === 0 || !isRising) throw corrupt("proof: shares do not rise within 0 and 1");
  const perShare = (name: string) => fields.numbers(name, shares.length);
  return {
    kind: oneOf(QUERY_KINDS, fields.raw("kind"), corrupt),
    variant: oneOf(VARIANTS, fields.raw("variant"), corrupt),
    queries: fields.integer("queries", 1, MOST_QUERIES),
    at: fields.integer("at", 1, MOST_QUERIES),
    shares,
    recall: perShare("recall"),
    recallReranked: perShare("recallReranked"),
    regret: perShare("regret"),
    regretReranked: perShare("regretReranked"),
    ...(fields.has("reach") ? { reach: fields.number("reach", -1, 1) } : {}),
  };
}

function oneOf<T extends string>(values: readonly T[], value: unknown, corrupt: FieldError): T {
  const found = values.find((known) => known === value);
  if (found === undefined) throw corrupt(`proof: ${String(value)} is none of ${values.join(", ")}`);
  return found;
}
