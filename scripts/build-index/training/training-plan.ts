/** Rows of a cluster that the study found best at a million: fewer make the router large, more make a cluster coarse. */
const ROWS_PER_CLUSTER = 190;
/** So many clusters per √n at most: the router is downloaded first, and grows with them. */
const MOST_PER_ROOT = 8;
/** Up to here √n clusters have fewer rows than that; a power of two is not worth it then. */
const SMALL = ROWS_PER_CLUSTER ** 2;
/** Rows that a mean is learnt from: 39 at least is the rule of FAISS, 64 leave room for clusters of different sizes. */
const SAMPLED_PER_CLUSTER = 64;
/** The sample lies in memory as a whole. */
const MOST_SAMPLE_BYTES = 2 ** 31 + 2 ** 27;
/** With fewer clusters every row is compared with all of them. */
const LEAST_CLUSTERS_FOR_CELLS = 512;

/** How large an index is, and what it is learnt from. */
export interface TrainingPlan {
  readonly clusters: number;
  /** Cells of the coarse level; 1: there is none. */
  readonly cells: number;
  readonly sampleRows: number;
}

/** √n clusters for a small corpus; for a large one the power of two nearest to n / 190, at most 8·√n: 16,384 at 3.1 million. */
export function planTraining(sentences: number, dim: number): TrainingPlan {
  const root = Math.sqrt(sentences);
  const wanted = Math.min(sentences / ROWS_PER_CLUSTER, MOST_PER_ROOT * root);
  const clusters =
    sentences <= SMALL ? Math.max(1, Math.round(root)) : 2 ** Math.round(Math.log2(wanted));
  const cells =
    clusters < LEAST_CLUSTERS_FOR_CELLS ? 1 : 2 ** Math.round(Math.log2(Math.sqrt(clusters)));
  const fitting = Math.floor(MOST_SAMPLE_BYTES / (dim * 4));
  const sampleRows = Math.min(sentences, clusters * SAMPLED_PER_CLUSTER, fitting);
  return { clusters, cells, sampleRows: Math.max(sampleRows, Math.min(sentences, 4096)) };
}
