import { createHash } from "node:crypto";
import { gzip } from "../../scripts/build-index/gzip.ts";
import type { EditionManifest } from "../../src/core/edition/edition-manifest.ts";
import type { LowRankTransform } from "../../src/core/edition/low-rank-transform.ts";
import { sharedIndex } from "./shared-index.ts";
import { makeTinyInput, type TinyOptions } from "./tiny-corpus.ts";
import { describeEdition } from "./tiny-files/describe-edition.ts";
import type { Corpus } from "./tiny-files/edition-files.ts";
import {
  type EditionContents,
  makeEditionFiles,
  type WrittenFileName,
} from "./tiny-files/edition-files.ts";

/** An edition in memory, with the exact vectors that it was made from. */
export interface TinyEdition {
  readonly manifest: EditionManifest;
  readonly files: EditionContents;
  readonly corpus: Corpus;
  readonly dim: number;
  /** Unit base vectors [sentences × dim] in row order. */
  readonly vectors: Float32Array<ArrayBuffer>;
  readonly transform: LowRankTransform | null;
}

/** Makes an edition of a tiny corpus, as the builder does. */
export function makeTinyEdition(options: TinyOptions): TinyEdition {
  const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const input = { ...makeTinyInput(options), gzip, digest };
  const { corpus, dim, vectors, transform } = input;
  const files = makeEditionFiles(input, () => undefined);
  const manifest = describeEdition(files, {
    name: "Tiny",
    fingerprint: "f".repeat(64),
    works: corpus.works.length,
    adapted: transform === null ? null : sharedIndex(transform.rank),
  });
  return { manifest, files, corpus, dim, vectors, transform };
}

/** The files of an edition as a server has them: name -> content, the manifest among them. */
export function filesToServe(
  edition: Pick<TinyEdition, "manifest" | "files">,
  folder = "",
): Map<string, Uint8Array> {
  const served = new Map<string, Uint8Array>();
  const manifest = new TextEncoder().encode(JSON.stringify(edition.manifest));
  served.set(`${folder}manifest.json`, manifest);
  for (const [file, bytes] of Object.entries(edition.files.bytes)) {
    served.set(folder + nameOf(edition.manifest, file), bytes);
  }
  return served;
}

function nameOf(manifest: EditionManifest, file: string): string {
  const described = Object.entries(manifest.files).find(([name]) => name === file);
  if (described === undefined) throw new Error(`no file ${file}`);
  return described[1].name;
}

/** A copy of the edition's files in which one byte of `file` is different. */
export function withFlippedByte(
  edition: TinyEdition,
  file: WrittenFileName,
  offset: number,
): Pick<TinyEdition, "manifest" | "files"> {
  const bytes = edition.files.bytes[file].slice();
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x40;
  const files = { ...edition.files, bytes: { ...edition.files.bytes, [file]: bytes } };
  return { manifest: edition.manifest, files };
}
