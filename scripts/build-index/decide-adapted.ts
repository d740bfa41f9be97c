import type { AdaptedIndex } from "../../src/core/edition/manifest-adapted.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import type { TextAdapter } from "./adapter-transform.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { measureIdentity } from "./measure-identity.ts";
import { makeProofQueries } from "./prove/proof-queries.ts";
import type { Pictures } from "./read-pictures.ts";
import { drawSpreadRuns } from "./training/seeded-rows.ts";
import { readUnitRows } from "./vectors/read-unit-rows.ts";
import type { VectorSource } from "./vectors/vector-source.ts";

/** Rows that the identity is checked on. */
const IDENTITY_ROWS = 10_000;
/**
 * Bounds of one index for both models, stated in docs/building.md. The error of a 4-bit code in a score is about 0.0013 (a standard
 * deviation), scores of the sentences for one picture spread by about 0.036: an identity that is off by more than 0.005 reorders answers
 * that a reader can tell apart, and queries that grow more than twofold make of a 4-bit code one of 3 bits.
 */
const MOST_IDENTITY_ERROR = 0.005;
const MOST_GROWTH = 2;

/** How the adapted text vectors are to be searched. */
export type AdaptedPlan =
  | { readonly kind: "none" }
  | {
      readonly kind: "shared";
      readonly facts: Extract<AdaptedIndex, { kind: "shared" }>;
      /** What speaks against it, where there are no adapted vectors to make another index of; else null. */
      readonly doubt: string | null;
    }
  | { readonly kind: "own"; readonly fingerprint: string; readonly why: string };

/** What the decision is made from. */
export interface AdaptedKnown {
  readonly arithmetic: Arithmetic;
  readonly base: VectorSource;
  /** What the adapter does to text vectors; null: there is none. */
  readonly adapter: TextAdapter | null;
  /** Adapted vectors as a model made them, where there are some. */
  readonly adapted: VectorSource | null;
  readonly seed: number;
  readonly idOf: (row: number) => Promise<string>;
}

/**
 * Decides whether one index serves both models: checks <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖ on 10,000 rows against the adapted vectors
 * themselves. Without such vectors the identity holds by definition.
 */
export async function decideAdapted(
  { arithmetic, base, adapter, adapted, seed, idOf }: AdaptedKnown,
  { test }: Pictures,
  signal: AbortSignal,
): Promise<AdaptedPlan> {
  if (adapter === null) return { kind: "none" };
  const { transform, conditionNumber, fingerprint } = adapter;
  const { dim } = base;
  const list = drawSpreadRuns(base.count, IDENTITY_ROWS, createSeededRandom(seed));
  const read = async (source: VectorSource) => {
    const { rows } = await readUnitRows(arithmetic, source, list, idOf, signal);
    return Float32Array.from(rows.values);
  };
  const rows = await read(base);
  const given = adapted === null ? null : await read(adapted);
  const [queries] = makeProofQueries({ dim, sample: rows, images: test, texts: null, seed });
  const measured = measureIdentity(transform, rows, given, queries?.vectors ?? rows);
  const why = reasonAgainst(measured);
  if (why !== null && adapted !== null) return { kind: "own", fingerprint, why };
  const { rank } = transform;
  return {
    kind: "shared",
    doubt: why,
    facts: { kind: "shared", fingerprint, rank, conditionNumber, ...measured },
  };
}

function reasonAgainst({ identityError, queryGrowth }: ReturnType<typeof measureIdentity>) {
  if (!(identityError <= MOST_IDENTITY_ERROR)) {
    return `the adapted vectors differ from the transformed ones by up to ${identityError.toPrecision(2)} in a score, more than ${MOST_IDENTITY_ERROR}`;
  }
  if (!(queryGrowth.mean <= MOST_GROWTH)) {
    return `queries grow ${queryGrowth.mean.toPrecision(3)}-fold on average, more than ${MOST_GROWTH}-fold, and errors of the codes with them`;
  }
  return null;
}
