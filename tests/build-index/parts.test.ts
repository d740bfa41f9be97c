import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { embedCorpus } from "../../scripts/build-index/embed-corpus.ts";
import { openFileSource } from "../../scripts/build-index/file-source.ts";
import { measureIdentity } from "../../scripts/build-index/measure-identity.ts";
import {
  applyTransform,
  createLowRankTransform,
} from "../../src/core/edition/low-rank-transform.ts";
import { createSeededRandom, drawNormal } from "../../src/core/search/seeded-random.ts";
import { bytesOf, neverAborted } from "../helpers/counting-source.ts";
import { drawVector, unit } from "../helpers/tiny-corpus.ts";

describe("measureIdentity", () => {
  const DIM = 20;
  const RANK = 3;
  const random = createSeededRandom(6);

  it("verifies <q, t_p> = <Mᵀq, t_c> / ‖M·t_c‖, and notices vectors that do not obey it", () => {
    const draw = () => Float32Array.from({ length: DIM * RANK }, () => 0.3 * drawNormal(random));
    const transform = createLowRankTransform(DIM, RANK, draw(), draw());
    const rows = Array.from({ length: 50 }, () => drawVector(DIM, random));
    const vectors = Float32Array.from(rows.flatMap((row) => [...row]));
    const adapted = Float32Array.from(
      rows.flatMap((row) => [...unit(applyTransform(transform, row))]),
    );
    const asked = Array.from({ length: 10 }, () => drawVector(DIM, random));
    const queries = Float32Array.from(asked.flatMap((query) => [...query]));
    const errorOf = (given: Float32Array | null) =>
      measureIdentity(transform, vectors, given, queries).identityError;
    expect(errorOf(adapted)).toBeLessThan(1e-6);
    expect(errorOf(null)).toBeLessThan(1e-6);
    expect(errorOf(vectors)).toBeGreaterThan(1e-2);
    const { identityRows, queryGrowth } = measureIdentity(transform, vectors, null, queries);
    expect(identityRows).toBe(50);
    expect(queryGrowth.largest).toBeGreaterThanOrEqual(queryGrowth.mean);
    expect(queryGrowth.mean).toBeGreaterThan(0.5);
  });
});

describe("embedCorpus", () => {
  it("gives each text its own vectors, in order, whatever order it embeds them in", async () => {
    const batches: number[] = [];
    const encoder = {
      manifest: { dim: 2 },
      encodeTexts(texts: readonly string[]) {
        batches.push(texts.length);
        const base = Float32Array.from(texts.flatMap((text) => [text.length, Number(text[0])]));
        return Promise.resolve({ base, adapted: base.map((value) => -value) });
      },
    };
    const texts = Array.from({ length: 70 }, (_, i) => String(i % 10).repeat(1 + ((i * 7) % 40)));
    const done: number[] = [];
    const vectors = await embedCorpus(encoder, texts, (count) => done.push(count), neverAborted());
    expect([...vectors.base]).toEqual(texts.flatMap((text) => [text.length, Number(text[0])]));
    expect(vectors.adapted).toEqual(vectors.base.map((value) => -value));
    expect(batches).toEqual([32, 32, 6]);
    expect(done).toEqual([32, 64, 70]);
  });
});

describe("openFileSource", () => {
  it("reads ranges, and says so when the file has become shorter", async () => {
    const folder = await mkdtemp(join(tmpdir(), "source-"));
    const path = join(folder, "file.bin");
    await writeFile(path, bytesOf({ start: 0, end: 1000 }));
    const source = await openFileSource(path, "key");
    const range = { start: 900, end: 1000 };
    expect(await source.read(range, neverAborted())).toEqual(bytesOf(range));
    await truncate(path, 950);
    await expect(source.read(range, neverAborted())).rejects.toMatchObject({
      detail: { code: "short-read", expected: 100, received: 50 },
    });
    await source.close();
    await rm(folder, { recursive: true });
  });
});
