import type { IndexRouter } from "../../../src/core/edition/index-router.ts";
import type { LowRankTransform } from "../../../src/core/edition/low-rank-transform.ts";
import type { EditionFileName } from "../../../src/core/edition/manifest-files.ts";
import { encodeSources } from "../../../src/core/edition/sources-file.ts";
import { encodeTexts, type SentenceText } from "../../../src/core/edition/texts-file.ts";
import { encodeWorks, type WorkRecord } from "../../../src/core/edition/works-file.ts";
import { encodeWorkText, type WorkText } from "../../../src/core/source/work-text.ts";
import { makeIndexFiles } from "./index-files.ts";
import type { Digest } from "./make-hashes.ts";

/** A corpus in memory; a row of the edition is the index of its sentence. */
export interface Corpus {
  /** Grouped by work, in the order of the works. */
  readonly sentences: readonly SentenceText[];
  /** Index of the work of each sentence. */
  readonly workOfRow: Uint32Array<ArrayBuffer>;
  /** The works that have sentences. */
  readonly works: readonly WorkRecord[];
  readonly topicNames: Readonly<Record<string, string>>;
  /** The text of each work and where its sentences stand in it; null where the corpus has none. */
  readonly texts: readonly (WorkText | null)[];
}

/** What an edition is made of. */
export interface EditionInput {
  readonly corpus: Corpus;
  readonly dim: number;
  /** Unit base vectors [sentences × dim] in row order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** Quality flags of every row. */
  readonly flags: Uint16Array;
  readonly transform: LowRankTransform | null;
  readonly seed: number;
  /** Compresses the works and their sources. */
  readonly gzip: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  readonly digest: Digest;
}

/** Files that an edition in memory consists of: near-duplicates are not looked for. */
export type WrittenFileName = Exclude<EditionFileName, "similar">;

/** The files of an edition before they are written. */
export interface EditionContents {
  readonly router: IndexRouter;
  readonly bytes: Readonly<Record<WrittenFileName, Uint8Array<ArrayBuffer>>>;
}

/** Clusters, codes and lays out an edition in memory; equal input gives equal bytes. */
export function makeEditionFiles(
  input: EditionInput,
  onPass: (pass: number, moved: number) => void,
): EditionContents {
  const { corpus, gzip } = input;
  const { router, bytes } = makeIndexFiles(
    {
      ...input,
      sentencesOfWorks: corpus.works.map(({ sentences }) => sentences),
    },
    onPass,
  );
  return {
    router,
    bytes: {
      ...bytes,
      works: gzip(encodeWorks({ works: corpus.works, topicNames: corpus.topicNames, aliases: {} })),
      texts: encodeTexts(corpus.sentences, gzip),
      sources: encodeSources(
        corpus.texts.map((text) => (text === null ? null : gzip(encodeWorkText(text)))),
      ),
    },
  };
}
