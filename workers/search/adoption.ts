import { AppError } from "../../src/core/errors.ts";
import type { AdoptedModel, AdoptRequest } from "../../src/core/protocol.ts";
import {
  type AdoptedVectors,
  createAdoptedVectors,
  MOST_ADOPTED_SENTENCES,
} from "../../src/core/search/adopted-vectors.ts";
import type { Edition } from "../../src/core/search/open-edition.ts";
import { type AdoptedStore, openAdoptedStore } from "./adopted-store.ts";

/** The vectors of an edition's sentences under other models: taken in batches, kept, and found again. */
export interface Adoption {
  /** All sentences in row order. Throws AppError `invalid-argument` for an edition that is too large to be embedded here. */
  sentences(edition: Edition, signal: AbortSignal): Promise<readonly string[]>;
  /** Takes one batch and gives the rows that are there; see `SearchApi.adoptVectors`. */
  adopt(edition: Edition, request: AdoptRequest): Promise<number>;
  /** What is there for a model, from memory or from an earlier visit. */
  vectors(edition: Edition, model: AdoptedModel): Promise<AdoptedVectors>;
}

/**
 * Creates an adoption that remembers one edition and model at a time.
 *
 * @param knownEditions ids of the editions whose vectors may be wanted again; null where that cannot be told
 */
export function createAdoption(knownEditions: () => Promise<ReadonlySet<string> | null>): Adoption {
  let store: Promise<AdoptedStore> | null = null;
  const openStore = async (): Promise<AdoptedStore> => {
    const opened = await openAdoptedStore();
    const known = await knownEditions();
    if (known !== null) await opened.keepOnly(known);
    return opened;
  };
  let latest: { readonly key: string; readonly vectors: Promise<AdoptedVectors> } | null = null;

  const load = async (edition: Edition, model: AdoptedModel): Promise<AdoptedVectors> => {
    const { editionId, sentences } = edition.manifest;
    const vectors = createAdoptedVectors(sentences, model.dim, model.adapterFingerprint !== null);
    store ??= openStore();
    for (const batch of await (await store).getAll(editionId, model)) {
      try {
        vectors.add({ ...batch, adapted: batch.adapted ?? batch.base });
      } catch {
        // Damaged, or left over from before a batch was lost: what does not follow is passed over, and what is missing embedded again.
      }
    }
    return vectors;
  };
  const vectorsOf = (edition: Edition, model: AdoptedModel): Promise<AdoptedVectors> => {
    const { fingerprint, adapterFingerprint, dim } = model;
    const { editionId } = edition.manifest;
    const key = JSON.stringify([editionId, fingerprint, adapterFingerprint, dim]);
    if (latest?.key === key) return latest.vectors;
    const vectors = load(edition, model);
    latest = { key, vectors };
    return vectors;
  };

  return {
    async sentences(edition, signal) {
      const { sentences } = edition.manifest;
      if (sentences > MOST_ADOPTED_SENTENCES) {
        throw new AppError({ code: "invalid-argument", what: `${sentences} sentences at once` });
      }
      const rows = Array.from({ length: sentences }, (_, row) => row);
      return (await edition.texts.read(rows, signal)).map(({ text }) => text);
    },
    async adopt(edition, request) {
      const { firstRow, base, adapted, adapterFingerprint } = request;
      const vectors = await vectorsOf(edition, request);
      if (base.length === 0) return vectors.rows();
      vectors.add(request);
      const stored = { firstRow, base, adapted: adapterFingerprint === null ? null : adapted };
      store ??= openStore();
      await (await store).put(edition.manifest.editionId, request, stored);
      return vectors.rows();
    },
    vectors: vectorsOf,
  };
}
