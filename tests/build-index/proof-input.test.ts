import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildEdition } from "../../scripts/build-index/build-edition.ts";
import { type BuildOptions, DEFAULT_OPTIONS } from "../../scripts/build-index/build-options.ts";
import { formatSafetensors } from "../../src/core/model/safetensors.ts";
import { type CorpusFolder, writeCorpusFolder } from "../helpers/corpus-folder.ts";
import { neverAborted } from "../helpers/counting-source.ts";

const DIM = 64;

let folder: string;
let corpus: CorpusFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "proof-"));
  corpus = await writeCorpusFolder(folder, { sentences: 400, dim: DIM, seed: 6 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function build(changes: Partial<BuildOptions>) {
  const options: BuildOptions = {
    ...DEFAULT_OPTIONS,
    json: join(folder, "json"),
    embeddings: { place: folder, ids: null },
    fingerprint: "abc",
    name: "Proof",
    out: join(folder, "out"),
    ...changes,
  };
  return buildEdition(options, { kind: "whole" }, () => undefined, neverAborted());
}

describe("vectors to prove an edition with", () => {
  it("are refused before the build where they are too few pictures to learn from", async () => {
    const queryImages = join(folder, "few.safetensors");
    const data = corpus.vectors.slice(0, 4 * DIM);
    const tensor = { name: "embeddings", shape: [4, DIM], data };
    await writeFile(queryImages, formatSafetensors([tensor]));
    await expect(build({ queryImages })).rejects.toThrow(
      /few.safetensors has 4 pictures: to learn from, at least 20 are needed/,
    );
  });
});
