import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layOutCorpus } from "../../scripts/build-index/corpus/lay-out-corpus.ts";
import type { CorpusLayout } from "../../scripts/build-index/corpus/layout.ts";
import { parseSimilar, type SimilarReader } from "../../src/core/edition/similar-file.ts";
import { QUALITY_FLAG_NAMES, QUALITY_FLAGS } from "../../src/core/quality/flags.ts";
import { neverAborted } from "../helpers/counting-source.ts";
import { unheard } from "../helpers/unheard.ts";

const SAMPLE = fileURLToPath(new URL("../../../shared/artefact-sample/", import.meta.url));

interface Labels {
  readonly tuning: Readonly<Record<string, readonly string[]>>;
  readonly heldOut: Readonly<Record<string, readonly string[]>>;
  readonly same: readonly (readonly [string, string])[];
  readonly different: readonly (readonly [string, string])[];
}
const labels = JSON.parse(
  readFileSync(new URL("./labels.json", import.meta.url), "utf8"),
) as Labels;

/** Least precision on the held-out labels and least recall on those drawn without the rules. */
const FLOORS = {
  bibliography: { precision: 0.9, recall: 0.9 },
  caption: { precision: 0.9, recall: 0.9 },
  "running-head": { precision: 0.85, recall: 0.8 },
  "ocr-debris": { precision: 0.85, recall: 0.9 },
  "other-language": { precision: 0.95, recall: 0.95 },
} as const;
/** Most of the good sentences that may be hidden by mistake. */
const MOST_GOOD_HIDDEN = 0.04;
/** Least of the sentences with a label that must be hidden, by whichever flag. */
const LEAST_HIDDEN = 0.93;

describe.skipIf(!existsSync(SAMPLE))("quality flags on labelled real sentences", () => {
  let layout: CorpusLayout;
  let similar: SimilarReader;
  let out: string;
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), "artefact-quality-"));
    const options = {
      json: join(SAMPLE, "json"),
      markdown: join(SAMPLE, "markdown"),
      images: { kind: "none" } as const,
      areProjectNotes: false,
      threads: null,
      out,
    };
    layout = await layOutCorpus(options, unheard, neverAborted());
    similar = parseSimilar(await readFile(layout.files.similar), layout.sentences);
  }, 120_000);
  afterAll(() => rm(out, { recursive: true, force: true }));

  const bitsOf = (id: string): number => {
    const row = layout.rowOf(id);
    expect(row, `${id} is in the sample`).toBeGreaterThanOrEqual(0);
    return layout.flags[row] ?? 0;
  };

  it("has at least 300 labelled sentences, none twice", () => {
    const ids = [...Object.keys(labels.tuning), ...Object.keys(labels.heldOut)];
    expect(ids.length).toBeGreaterThanOrEqual(300);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(Object.entries(FLOORS))("flags %s precisely and finds most", (name, floor) => {
    const flag = QUALITY_FLAG_NAMES.find((known) => known === name) ?? "duplicate";
    const flagged = Object.entries(labels.heldOut).filter(
      ([id]) => (bitsOf(id) & QUALITY_FLAGS[flag]) !== 0,
    );
    const right = flagged.filter(([, own]) => own.includes(name) || own.includes(`?${name}`));
    const wanted = Object.entries(labels.tuning).filter(([, own]) => own.includes(name));
    const found = wanted.filter(([id]) => (bitsOf(id) & QUALITY_FLAGS[flag]) !== 0);
    expect(flagged.length).toBeGreaterThan(20);
    expect(right.length / flagged.length, "precision").toBeGreaterThanOrEqual(floor.precision);
    expect(found.length / wanted.length, "recall").toBeGreaterThanOrEqual(floor.recall);
  });

  it("hides few good sentences and most of the others", () => {
    const all = [...Object.entries(labels.tuning), ...Object.entries(labels.heldOut)];
    const own = ~QUALITY_FLAGS.duplicate;
    const good = all.filter(([, names]) => names.length === 0);
    const hidden = good.filter(([id]) => (bitsOf(id) & own) !== 0);
    const bad = all.filter(([, names]) => names.some((label) => !label.startsWith("?")));
    const caught = bad.filter(([id]) => (bitsOf(id) & own) !== 0);
    expect(good.length).toBeGreaterThan(200);
    expect(hidden.length / good.length).toBeLessThanOrEqual(MOST_GOOD_HIDDEN);
    expect(caught.length / bad.length).toBeGreaterThanOrEqual(LEAST_HIDDEN);
  });

  it("folds what says the same, and not what is only alike", () => {
    const areFolded = ([left, right]: readonly [string, string]): boolean => {
      const group = similar.groupOf(layout.rowOf(left));
      const rows = group === null ? [] : [group.representative, ...group.others];
      return rows.includes(layout.rowOf(right));
    };
    const same = labels.same.filter(areFolded).length;
    const different = labels.different.filter(areFolded).length;
    // These pairs are the hard ones: most of what is folded is letter by letter the same.
    expect(same / (same + different), "precision").toBeGreaterThanOrEqual(0.9);
    expect(same / labels.same.length, "recall").toBeGreaterThanOrEqual(0.75);
  });
});
