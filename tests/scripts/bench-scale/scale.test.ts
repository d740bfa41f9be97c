import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVectors } from "../../../scripts/bench-index/bench-data.ts";
import {
  CORPUS_FILES,
  generateCorpus,
} from "../../../scripts/bench-scale/corpus/generate-corpus.ts";
import { type ScaleSite, visit } from "../../../scripts/bench-scale/measure-visits.ts";
import { runBuilder } from "../../../scripts/bench-scale/run-builder.ts";
import { createTrafficCounter } from "../../../scripts/bench-scale/traffic.ts";
import { buildBenchPage } from "../../../scripts/build-bench-page.ts";
import { chromiumArguments, findChromium } from "../../../scripts/find-chromium.mjs";
import { serve } from "../../../scripts/serve.mjs";
import {
  EDITION_MANIFEST,
  type EditionManifest,
  parseEditionManifest,
} from "../../../src/core/edition/edition-manifest.ts";
import { dotFloats } from "../../../src/core/search/dot.ts";

/** `npm run bench:scale` in small: generated, built, served, searched by the page's worker, compared with exact search. */
describe("an edition of 50,000 synthetic sentences", () => {
  const sentences = 50_000;
  const dim = 64;
  const EDITION = "/edition/";
  const { signal } = new AbortController();
  let folder = "";
  let manifest: EditionManifest;
  let site: ScaleSite;
  let close = () => Promise.resolve();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scale-"));
    const corpus = join(folder, "corpus");
    const edition = join(folder, "edition");
    await generateCorpus(
      {
        ...{ out: corpus, sentences, dim, works: 115, seed: 1, alpha: 1, shared: 0.25 },
        ...{ hubShare: 0.5, images: 20, trainingImages: 2000, texts: 100, patchedImages: 1 },
        ...{ condition: null, threads: 2 },
      },
      () => undefined,
      signal,
    );
    await runBuilder(corpus, edition, join(folder, "build.log"), signal);
    const text = await readFile(join(edition, EDITION_MANIFEST), "utf8");
    manifest = parseEditionManifest(JSON.parse(text));
    await buildBenchPage(
      new URL("../../../scripts/bench-scale/page", import.meta.url),
      join(folder, "page"),
    );
    const traffic = createTrafficCounter(EDITION);
    const served = await serve(join(folder, "page"), 0, { [EDITION]: edition }, traffic.count);
    close = served.close;
    const executablePath = findChromium();
    const launch = {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...chromiumArguments],
    };
    site = { launch, address: served.address, edition: EDITION, traffic, readingMs: 0 };
  }, 240_000);
  afterAll(async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  });

  it("proves itself in its manifest", () => {
    const { proof } = manifest;
    expect(manifest.sentences).toBe(sentences);
    expect(proof?.hubShare).toBeGreaterThan(0.4);
    expect(proof?.hubShare).toBeLessThan(0.6);
    expect(proof?.figures.map(({ kind, variant }) => `${kind} ${variant}`)).toEqual([
      "images base",
      "patches base",
      "texts base",
    ]);
    for (const { recallReranked, regretReranked, recall } of proof?.figures ?? []) {
      expect(recallReranked.at(-1)).toBeGreaterThan(0.98);
      expect(regretReranked.at(-1)).toBeLessThan(1e-3);
      expect(recall.at(-1)).toBeGreaterThan(0.8);
    }
    const [images] = proof?.figures ?? [];
    expect(images?.recallReranked[2]).toBeGreaterThan(0.75);
  });

  it("is searched by the page as exact search would, and what is on the device costs nothing again", async () => {
    const corpus = join(folder, "corpus");
    const { vectors: rows } = await readVectors(join(corpus, CORPUS_FILES.embeddings));
    const { vectors: images } = await readVectors(join(corpus, CORPUS_FILES.images));
    await visit(site, async ({ opened, search }) => {
      expect(opened.bytes).toBeLessThan(manifest.files.router.bytes + 200_000);
      const query = images.slice(0, dim);
      const asked = { query: [...query], variant: "base", share: 1 } as const;
      const first = await search(asked);
      expect(first.isComplete).toBe(true);
      expect(first.waves.at(-1)?.scanned).toBe(1);
      expect(first.waves.at(-1)?.bytes).toBeGreaterThan(manifest.files.sign.bytes);
      const again = await search(asked);
      expect(again.rows).toEqual(first.rows);
      expect(again.waves.at(-1)).toMatchObject({ requests: 0, bytes: 0 });
      const scores = Array.from({ length: sentences }, (_, row) =>
        dotFloats(query, 0, rows, row * dim, dim),
      );
      const found = first.rows.map((row) => scores[row] ?? 0);
      expect(found).toEqual(found.toSorted((a, b) => b - a));
      // Sentences that are no prose are hidden, so fewer of the best are left, but all that are found are among them.
      const best = scores.toSorted((a, b) => b - a);
      expect(found).toHaveLength(25);
      expect(found[0]).toBeGreaterThan(best[10] ?? 1);
      expect(found[24]).toBeGreaterThan(best[60] ?? 1);
    });
  });

  it("fetches less where works are filtered", async () => {
    const { vectors: images } = await readVectors(join(folder, "corpus", CORPUS_FILES.images));
    await visit(site, async ({ search }) => {
      const query = [...images.slice(dim, 2 * dim)];
      const few = await search({ query, variant: "base", worksShare: 0.02 });
      expect(few.isComplete).toBe(true);
      expect(few.waves.at(-1)?.bytes).toBeLessThan(manifest.files.bywork.bytes / 5);
      expect(few.rows).toHaveLength(25);
    });
  });
});
