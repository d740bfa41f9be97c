import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  applyTransform,
  type LowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { drawVector, unit } from "./tiny-corpus.ts";

const SENTENCES_PER_WORK = 40;

/** A corpus in ArteFact's files, with vectors of both models and of pictures. */
export interface CorpusFolder {
  readonly folder: string;
  readonly ids: readonly string[];
  /** Unit base vectors [sentences × dim], in the order of `ids`. */
  readonly vectors: Float32Array<ArrayBuffer>;
}

/** What a corpus folder is to hold. */
export interface CorpusFolderOptions {
  readonly sentences: number;
  readonly dim: number;
  readonly seed: number;
  /** What the second file of vectors is made of the first by; without it there is none. */
  readonly transform?: LowRankTransform;
}

/** Writes `clip_embeddings.safetensors`, its ids, `json/`, `images.safetensors` and, with a transform, the adapted vectors. */
export async function writeCorpusFolder(
  folder: string,
  { sentences, dim, seed, transform }: CorpusFolderOptions,
): Promise<CorpusFolder> {
  const random = createSeededRandom(seed);
  const groups = Array.from({ length: 12 }, () => drawVector(dim, random));
  const near = (spread: number) => {
    const group = groups[Math.floor(random() * groups.length)] ?? drawVector(dim, random);
    const own = drawVector(dim, random);
    return unit(group.map((value, i) => value + spread * (own[i] ?? 0)));
  };
  const ids = Array.from({ length: sentences }, (_, row) => {
    const number = String((row % SENTENCES_PER_WORK) + 1).padStart(4, "0");
    return `W${Math.floor(row / SENTENCES_PER_WORK)}_s${number}`;
  });
  const works = [...new Set(ids.map((id) => id.replace(/_s\d+$/, "")))];
  const vectors = new Float32Array(sentences * dim);
  ids.forEach((_, row) => {
    vectors.set(near(0.8), row * dim);
  });
  await mkdir(join(folder, "json"), { recursive: true });
  const json = (name: string, value: unknown) =>
    writeFile(join(folder, name), JSON.stringify(value));
  const sentence = (id: string, row: number) => [
    id,
    { "English Original": `${id}: light number ${row * 7919} falls on wall ${row % 97}.` },
  ];
  await json("json/sentences.json", Object.fromEntries(ids.map(sentence)));
  const record = (id: string) => [id, { Work_Title: `On ${id}`, Author_Name: "A", Year: "1900" }];
  await json("json/works.json", Object.fromEntries(works.map(record)));
  await json("clip_embeddings_sentence_ids.json", ids);
  const tensor = (name: string, data: Float32Array<ArrayBuffer>) =>
    writeFile(
      join(folder, name),
      formatSafetensors([{ name: "embeddings", shape: [data.length / dim, dim], data }]),
    );
  await tensor("clip_embeddings.safetensors", vectors);
  const pictures = Array.from({ length: 120 }, () => near(1.2));
  await tensor("images.safetensors", Float32Array.from(pictures.flatMap((one) => [...one])));
  if (transform !== undefined) {
    const adapted = new Float32Array(vectors.length);
    for (let start = 0; start < vectors.length; start += dim) {
      const row = vectors.subarray(start, start + dim);
      adapted.set(unit(applyTransform(transform, row)), start);
    }
    await tensor("paintingclip_embeddings.safetensors", adapted);
    await json("paintingclip_sentence_ids.json", ids);
  }
  return { folder, ids, vectors };
}
