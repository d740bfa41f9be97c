import { editionInfo } from "../../src/core/edition/edition-manifest.ts";
import { requireSameModel } from "../../src/core/edition/require-same-model.ts";
import type { ModelVariant } from "../../src/core/protocol.ts";
import type { Edition } from "../../src/core/search/open-edition.ts";
import { searchEdition } from "../../src/core/search/search-edition.ts";
import { openFolderEdition, readManifest } from "../build-index/open-folder.ts";
import type { NodeEncoder } from "../build-model/node-sessions.ts";
import { faultOf } from "./bring-folder.ts";
import { type Check, holds } from "./check.ts";

/** Sentences that are looked up. */
const PROBES = 8;
/** Least cosine of a sentence's own vector with the edition's: the edition may come from another storage of the model. */
const LEAST_COSINE = 0.995;

/** Looks up sentences of the edition by their own vectors, and gives the least score; −1 where another one came first. */
async function leastOwnScore(
  edition: Edition,
  encoder: NodeEncoder,
  variant: ModelVariant,
  signal: AbortSignal,
): Promise<number> {
  const { sentences } = edition.manifest;
  const rows = Array.from({ length: Math.min(PROBES, sentences) }, (_, i) =>
    Math.floor((i * sentences) / Math.min(PROBES, sentences)),
  );
  const texts = (await edition.texts.read(rows, signal)).map(({ text }) => text);
  const vectors = (await encoder.encodeTexts(texts, signal))[variant];
  const hooks = {
    onAnswer: () => undefined,
    report: () => undefined,
    now: () => 0,
    pause: () => Promise.resolve(),
  };
  let least = 1;
  for (const [i, text] of texts.entries()) {
    const query = vectors.slice(i * edition.manifest.dim, (i + 1) * edition.manifest.dim);
    const { found } = await searchEdition(edition, { query, variant, count: 1 }, hooks, signal);
    const [best] = found;
    least = Math.min(least, best?.text === text ? best.score : -1);
  }
  return least;
}

/** Checks an edition's files, that it is of the pack's model, and that its sentences are found by their own vectors. */
export async function checkEdition(
  folder: string,
  encoder: NodeEncoder,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const manifest = await readManifest(folder);
  const faults: string[] = [];
  for (const file of Object.values(manifest.files)) {
    const fault = await faultOf(folder, file);
    if (fault !== null) faults.push(fault);
  }
  const size = `${manifest.sentences} sentences of ${manifest.works} works`;
  const checks = [holds("edition, files", faults.length === 0, faults.join("; ") || size)];
  if (faults.length > 0) return checks;
  const { name, fingerprint, dim, adapter } = encoder.manifest;
  const model = { name, fingerprint, dim, adapterFingerprint: adapter?.fingerprint ?? null };
  const variants: readonly ModelVariant[] = adapter === null ? ["base"] : ["base", "adapted"];
  const { edition, close } = await openFolderEdition(folder, manifest, signal);
  try {
    for (const variant of variants) {
      requireSameModel(editionInfo(manifest), model, variant);
      const score =
        encoder.manifest.text === null
          ? null
          : await leastOwnScore(edition, encoder, variant, signal);
      checks.push(
        score === null
          ? {
              outcome: "note",
              name: `edition, ${variant}`,
              detail: "of this model; no text tower to look up sentences",
            }
          : holds(
              `edition, ${variant}`,
              score >= LEAST_COSINE,
              score < 0
                ? "a sentence is not found by its own vector"
                : `sentences found by their own vectors, cosine from ${score.toFixed(4)}`,
            ),
      );
    }
  } finally {
    await close();
  }
  return checks;
}
