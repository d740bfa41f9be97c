import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planChunks } from "../../scripts/build-index/coding/chunk-plan.ts";
import { codeChunks } from "../../scripts/build-index/coding/code-chunks.ts";
import { createRows } from "../../scripts/build-index/create-rows.ts";
import { openProcessor } from "../../scripts/build-index/processor/open-processor.ts";
import { train } from "../../scripts/build-index/training/train.ts";
import { planTraining } from "../../scripts/build-index/training/training-plan.ts";
import { vectorsInMemory } from "../../scripts/build-index/vectors/vector-source.ts";
import { openWorkFolder } from "../../scripts/build-index/work-folder.ts";
import { createSeededRandom } from "../../src/core/search/seeded-random.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { drawVector } from "../helpers/tiny-corpus.ts";

const DIM = 16;
const SENTENCES = 200;

describe("codeChunks", () => {
  it("tells at first what an earlier run did, and codes the rest only", async () => {
    const path = await mkdtemp(join(tmpdir(), "coding-"));
    const folder = await openWorkFolder(path, "one");
    const arithmetic = openProcessor(0);
    const sample = createRows(SENTENCES, DIM);
    const random = createSeededRandom(1);
    for (let row = 0; row < SENTENCES; row++) sample.values.set(drawVector(DIM, random), row * DIM);
    const plan = planTraining(SENTENCES, DIM);
    const input = { sample, images: null, transform: null, plan, seed: 1 };
    const training = await train(arithmetic, input, () => undefined, neverAborted());
    const task = {
      index: "base",
      source: vectorsInMemory(sample, "rows"),
      training,
      flags: new Uint16Array(SENTENCES),
      exact: null,
      plan: planChunks(SENTENCES, DIM, 32),
      chunks: [0, 1, 2],
      idOf: (row: number) => Promise.resolve(`row ${row}`),
    } as const;
    const heard = async (chunks: readonly number[]) => {
      const done: number[] = [];
      const hear = (rows: number) => done.push(rows);
      await codeChunks(arithmetic, { ...task, chunks }, folder, hear, neverAborted());
      return done;
    };
    expect(await heard([0, 1, 2])).toEqual([0, 32, 64, 96]);
    expect(await heard([0, 1, 2, 3, 6])).toEqual([96, 128, 136]);
    expect(await heard([0, 1, 2, 3, 6])).toEqual([136]);
    await rm(path, { recursive: true });
  });
});
