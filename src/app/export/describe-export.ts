import type { ExportDocument, ExportedSentence } from "../../core/export/export-document.ts";
import type { Catalogue } from "../../core/facets/catalogue.ts";
import type { Filter } from "../../core/facets/filter.ts";
import type { FoundSentence } from "../../core/protocol.ts";
import { strengthOfRank } from "../../core/search/strength.ts";
import { cellRect } from "../../core/view/transforms.ts";
import type { Rect } from "../../core/view/view.ts";
import { chosenValues } from "../filter/chosen-values.ts";
import { flagsIn } from "../results/kind-words.ts";
import type { Session } from "../session/session.ts";
import type { Shown } from "../session/session-state.ts";
import { regionWords } from "../stage/cell-words.ts";

/** What is exported of a list. */
export interface ExportSubject {
  readonly session: Pick<Session, "edition" | "catalogue">;
  readonly shown: Shown;
  /** Null for all that is listed. */
  readonly selection: readonly FoundSentence[] | null;
  /** ISO 8601 day. */
  readonly date: string;
}

/**
 * Describes a list, or what is ticked in it, for a file. Ranks and scores are those of the present list: a ticked sentence
 * that it does not hold has none.
 */
export function describeExport({ session, shown, selection, date }: ExportSubject): ExportDocument {
  const { picture, encoded, results } = shown;
  const { answer, model, variant, region, phrase, filter, listing } = results;
  const [edition, catalogue] = [session.edition(), session.catalogue()];
  const variantName = model.variants[variant] ?? model.variants.base;
  const adapter = variant === "adapted" ? model.adapterFingerprint : null;
  const listed = new Map(answer.found.map((sentence) => [sentence.row, sentence]));
  const isAlone = encoded === null || answer.scale === "text";
  return {
    date,
    edition: { editionId: edition?.editionId ?? "", name: edition?.name ?? "" },
    model: {
      name: [model.name, variantName].filter((name) => name !== "").join(", "),
      fingerprint: [model.fingerprint, adapter].filter((hash) => hash !== null).join("+"),
    },
    query: {
      picture: picture?.name ?? null,
      region: isAlone ? "" : regionWords(region, encoded.view),
      rect: isAlone ? null : rectOf(shown),
      phrase,
      scale: answer.scale,
    },
    filters: filterWords(catalogue, filter),
    hiddenKinds: flagsIn(listing.hiddenFlags),
    scope: selection === null ? "list" : "selection",
    order: listing.order,
    searched: answer.scanned,
    total: answer.total,
    sentences: (selection ?? answer.found).map((sentence) =>
      exported(sentence, listed.get(sentence.row) ?? null, answer.total),
    ),
  };
}

/** The day where the person is, ISO 8601. */
export function dayOf(moment: Date): string {
  const parts = [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

/** What was searched, each condition in words; empty for everything. */
function filterWords(catalogue: Catalogue | null, filter: Filter): readonly string[] {
  // The facets are of the edition's works.
  if (filter.among === "own") return ["own texts alone"];
  if (catalogue === null) return [];
  const words = chosenValues(catalogue, filter).map((value) => value.words);
  const { wanted, mode } = filter.topics;
  return mode === "all" && wanted.length > 1
    ? [...words, "all of these topics in one work"]
    : words;
}

function exported(
  { sentenceId, text, flags, work }: FoundSentence,
  listed: FoundSentence | null,
  total: number,
): ExportedSentence {
  const place =
    listed === null
      ? null
      : {
          rank: listed.rank,
          strength: strengthOfRank(listed.rank, total),
          cosine: listed.score,
          isExact: listed.isExact,
        };
  return { sentenceId, text, place, kinds: flagsIn(flags ?? 0), work: work.citation };
}

/** The part that was searched for, in pixels of the picture; null for the whole. */
function rectOf({ encoded, results: { region } }: Shown): Rect | null {
  if (encoded === null || region.kind === "whole") return null;
  return region.kind === "rect" ? region.rect : cellRect(encoded.view, region);
}
