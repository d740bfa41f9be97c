import type { BuildPart } from "./coding/chunk-plan.ts";
import type { ImagesOption } from "./corpus/work-images.ts";
import type { ArithmeticChoice } from "./gpu/choose-arithmetic.ts";

/** A file of vectors and the list of its ids, or a folder that holds both; paths or addresses. */
export interface VectorsPlace {
  readonly place: string;
  /** Null: looked for beside the vectors. */
  readonly ids: string | null;
}

/** What is kept of the exact vectors: a file of the edition, ranges of the file that they came from, or nothing. */
export type ExactChoice = "f32" | "f16" | "external" | "none";

/** What an edition is built from. Embeddings are read where they are given, computed with the model where they are not. */
export interface BuildOptions {
  /** Folder with sentences.json and works.json. */
  readonly json: string;
  /** Folder with the works' Markdown, `<work>/<work>.md`, or null. */
  readonly markdown: string | null;
  /** Folder of the model pack, or null: then embeddings and a fingerprint are given. */
  readonly model: string | null;
  readonly embeddings: VectorsPlace | null;
  /** The same sentences embedded by the adapted model: the one index is checked with them, or they get one of their own. */
  readonly paintingEmbeddings: VectorsPlace | null;
  /** Folder of a PEFT adapter, and a safetensors file or pack with the text projection that it changes; where there is no pack. */
  readonly adapter: string | null;
  readonly textProjection: string | null;
  /** Fingerprint of the model that made the embeddings, where there is no pack. */
  readonly fingerprint: string | null;
  /** Safetensors file with vectors of pictures that queries are expected to be like, or null: clusters and codes are made for them. */
  readonly queryImages: string | null;
  /** Safetensors files with vectors of pictures and of phrases to measure recall with, or null. */
  readonly queries: string | null;
  readonly textQueries: string | null;
  /** True for notes that this project wrote itself, which the page marks as such. */
  readonly areProjectNotes: boolean;
  /** What becomes of the images that lie beside the Markdown. */
  readonly images: ImagesOption;
  readonly name: string;
  readonly out: string;
  readonly exact: ExactChoice;
  readonly seed: number;
  /** Folder for what is half done; null: one beside `out`, which is removed when all is done. */
  readonly workDir: string | null;
  readonly arithmetic: ArithmeticChoice;
  /** Threads besides this one, or null: as many as there are processors. */
  readonly threads: number | null;
  /** Rows that are coded in one go, or null for the usual. */
  readonly chunkRows: number | null;
}

/** What is not said otherwise. */
export const DEFAULT_OPTIONS: Omit<BuildOptions, "json" | "name" | "out"> = {
  markdown: null,
  model: null,
  embeddings: null,
  paintingEmbeddings: null,
  adapter: null,
  textProjection: null,
  fingerprint: null,
  queryImages: null,
  queries: null,
  textQueries: null,
  areProjectNotes: false,
  images: { kind: "none" },
  exact: "f16",
  seed: 1,
  workDir: null,
  arithmetic: "auto",
  threads: null,
  chunkRows: null,
};

/** What is done of a build. */
export type BuildTask =
  /** All of it. */
  | { readonly kind: "whole" }
  /** Only what is learnt before rows are coded, so that parts find it. */
  | { readonly kind: "train" }
  /** One part of the coding. */
  | { readonly kind: "part"; readonly part: BuildPart }
  /** What follows when all parts are coded; work folders of other machines besides this one's. */
  | { readonly kind: "merge"; readonly folders: readonly string[] };
