import type { FieldError, FieldReader } from "../model/json-fields.ts";
import type { ExactRows } from "./edition-manifest.ts";
import { type IndexFiles, parseIndexFiles } from "./manifest-files.ts";

/** How the adapted text vectors are searched. */
export type AdaptedIndex =
  /** With the one index: <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖, as measured on rows of the edition. */
  | {
      readonly kind: "shared";
      /** Fingerprint of the adapter. */
      readonly fingerprint: string;
      /** Rank of M − I. */
      readonly rank: number;
      /** Largest error of the identity, and over how many rows. */
      readonly identityError: number;
      readonly identityRows: number;
      /** Condition number of the text projection W. */
      readonly conditionNumber: number;
      /** ‖Mᵀq‖ over queries: by how much errors of the codes grow. */
      readonly queryGrowth: { readonly mean: number; readonly largest: number };
    }
  /** With a second index beside the first, over the same works, texts and sources. */
  | {
      readonly kind: "own";
      readonly fingerprint: string;
      /** Why one index does not serve both. */
      readonly why: string;
      readonly clusters: number;
      readonly exact: ExactRows | null;
      readonly files: IndexFiles;
    };

/** What the parser of the manifest shares with this one. */
interface AdaptedContext {
  readonly dim: number;
  readonly sentences: number;
  readonly corrupt: FieldError;
  readonly parseExact: (fields: FieldReader) => ExactRows | null;
  readonly requireRows: (exact: ExactRows | null, files: IndexFiles) => void;
}

/** No measured number of this kind is larger; keeps nonsense away from arithmetic. */
const MOST = 1e12;

/** Reads the manifest's `adapted`; throws what `corrupt` makes. */
export function parseAdapted(fields: FieldReader, context: AdaptedContext): AdaptedIndex {
  const { dim, sentences, corrupt } = context;
  const kind = fields.raw("kind");
  const fingerprint = fields.text("fingerprint");
  if (kind === "own") {
    const exact = context.parseExact(fields);
    const files = parseIndexFiles(fields.object("files"), corrupt);
    context.requireRows(exact, files);
    const clusters = fields.integer("clusters", 1, sentences);
    return { kind, fingerprint, why: fields.text("why"), clusters, exact, files };
  }
  if (kind !== "shared") throw corrupt("adapted.kind is neither shared nor own");
  const growth = fields.object("queryGrowth");
  return {
    kind,
    fingerprint,
    rank: fields.integer("rank", 1, dim),
    identityError: fields.number("identityError", 0, MOST),
    identityRows: fields.integer("identityRows", 1, sentences),
    conditionNumber: fields.number("conditionNumber", 1, MOST),
    queryGrowth: {
      mean: growth.number("mean", 0, MOST),
      largest: growth.number("largest", 0, MOST),
    },
  };
}
