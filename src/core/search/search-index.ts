import type { ByteSource } from "../bytes/source.ts";
import { type CodeSpace, createCodeSpace } from "../codes/code-space.ts";
import { decodeRow } from "../codes/decode-row.ts";
import type { CentroidScan, ScanKernel } from "../codes/scan-kernel.ts";
import type { IndexRouter } from "../edition/index-router.ts";
import { applyTransform, applyTransposed } from "../edition/low-rank-transform.ts";
import { dequantizeRow } from "../edition/quantize.ts";
import { restBytesPerRow } from "../edition/rest-file.ts";
import { signBytesPerRow } from "../edition/sign-file.ts";
import type { ModelVariant } from "../protocol.ts";
import type { Candidate } from "./candidate-list.ts";
import { type ClusterStore, createClusterStore } from "./cluster-store.ts";
import type { ExactReader } from "./exact-rows.ts";
import type { ResidentFinder, ResidentSource } from "./resident-finder.ts";
import type { Router } from "./router.ts";
import { WORK_CODES_BYTES } from "./scan-works.ts";
import { createWorkCodes, type WorkCodes } from "./work-codes.ts";

/** One index over the sentences of an edition, ready to be searched. */
export interface SearchIndex {
  readonly router: IndexRouter;
  readonly space: CodeSpace;
  /** Picks the clusters of a query. */
  readonly closest: Router;
  readonly centroids: CentroidScan;
  readonly clusters: ClusterStore;
  /** The codes once more, in the order of the rows. */
  readonly bywork: ByteSource;
  /** Exact vectors; null where there are none. */
  readonly exact: ExactReader | null;
  /**
   * Bytes of codes that a search may fetch without being asked to; an index that has no more left to fetch is searched to its end.
   */
  readonly coldBytes: number;
  /** Scores what is in memory on a graphics processor; null where there is none. */
  readonly finder: ResidentFinder | null;
  /** Where codes of `bywork` are scored. */
  readonly workCodes: WorkCodes;
  /** Tells whether a cluster is stored on this device, so that it costs no request. */
  isOnDevice(cluster: number): boolean;
}

/** What an index is opened over. */
export interface IndexParts
  extends Pick<
    SearchIndex,
    "router" | "centroids" | "closest" | "bywork" | "exact" | "isOnDevice" | "coldBytes"
  > {
  readonly kernel: ScanKernel;
  /** Opens what scores clusters elsewhere than in the kernel; absent where nothing does. */
  readonly openFinder?: (source: ResidentSource) => ResidentFinder;
  readonly sign: ByteSource;
  readonly rest: ByteSource;
  /** First row of each work, and the number of rows. */
  readonly firstRows: Uint32Array;
  /** Bytes that the kernel may keep codes in. */
  readonly residentBytes: number;
}

/** Opens an index. */
export function openSearchIndex(parts: IndexParts): SearchIndex {
  const { router, centroids, closest, bywork, exact, isOnDevice } = parts;
  const { kernel, sign, rest, firstRows } = parts;
  const space = createCodeSpace(router.space);
  const codes = kernel.openCodes(space.codeDim, parts.residentBytes);
  const clusters = createClusterStore({ sign, rest, router, firstRows }, codes);
  const { firstPlaces, sentences } = router;
  const finder =
    parts.openFinder?.({ codes, resident: clusters.resident, firstPlaces, rows: sentences }) ??
    null;
  return {
    router,
    closest,
    bywork,
    exact,
    isOnDevice,
    coldBytes: parts.coldBytes,
    space,
    workCodes: createWorkCodes(kernel.openCodes(space.codeDim, WORK_CODES_BYTES)),
    centroids,
    clusters,
    finder,
  };
}

/** Bytes of a row in `sign` and `rest` together: what searching costs that is not on the device. */
export function bytesPerRow({ codeDim }: Pick<CodeSpace, "codeDim">): number {
  return signBytesPerRow(codeDim) + restBytesPerRow(codeDim);
}

/** The query [dim] against base vectors: q, or under the adapted variant Mᵀq where the index is of the base vectors. */
export function queryInBase(
  { router: { transform } }: Pick<SearchIndex, "router">,
  variant: ModelVariant,
  query: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  return variant === "base" || transform === null ? query : applyTransposed(transform, query);
}

/** The vector [dim] that a candidate's code stands for. */
export function decodeCandidate(
  { router, space }: Pick<SearchIndex, "router" | "space">,
  { cluster, code }: Pick<Candidate, "cluster" | "code">,
): Float32Array<ArrayBuffer> {
  const { dim, centroids, centroidScales } = router;
  const scale = centroidScales[cluster] ?? 0;
  return decodeRow(space, code, dequantizeRow(centroids, cluster * dim, dim, scale));
}

/** The vector of a sentence under a variant, of any length: t, or M·t where the index is of the base vectors. */
export function underVariant(
  { router: { transform } }: Pick<SearchIndex, "router">,
  variant: ModelVariant,
  vector: Float32Array<ArrayBuffer>,
): Float32Array<ArrayBuffer> {
  return variant === "base" || transform === null ? vector : applyTransform(transform, vector);
}
