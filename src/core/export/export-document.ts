import { PAGE_SLOT } from "../citation/cite.ts";
import type { CslItem } from "../citation/csl.ts";
import type { Scale } from "../protocol.ts";
import type { QualityFlag } from "../quality/flags.ts";
import type { ListOrder } from "../results/listing.ts";
import type { Strength } from "../search/strength.ts";
import type { Rect } from "../view/view.ts";

/** A sentence as it is exported. */
export interface ExportedSentence {
  readonly sentenceId: string;
  readonly text: string;
  /** Among all that was searched, and what follows from it; null where the present list does not hold the sentence. */
  readonly place: {
    readonly rank: number;
    readonly strength: Strength;
    readonly cosine: number;
    readonly isExact: boolean;
  } | null;
  /** What it is besides good prose. */
  readonly kinds: readonly QualityFlag[];
  readonly work: CslItem;
}

/** Everything that a file of sentences must say of itself, so that somebody else can find them again. */
export interface ExportDocument {
  /** Day of the export, ISO 8601. */
  readonly date: string;
  readonly edition: { readonly editionId: string; readonly name: string };
  readonly model: { readonly name: string; readonly fingerprint: string };
  readonly query: {
    /** Name of the picture; null for a phrase alone. */
    readonly picture: string | null;
    /** The part that was searched for in words, and in pixels of the picture; null for the whole. */
    readonly region: string;
    readonly rect: Rect | null;
    readonly phrase: { readonly text: string; readonly mode: "alone" | "add" | "subtract" } | null;
    readonly scale: Scale;
  };
  /** What works were searched, each condition in words; empty for all. */
  readonly filters: readonly string[];
  readonly hiddenKinds: readonly QualityFlag[];
  /** "list" for all that was listed, "selection" for what a person ticked in it. */
  readonly scope: "list" | "selection";
  readonly order: ListOrder;
  readonly searched: number;
  readonly total: number;
  readonly sentences: readonly ExportedSentence[];
}

/** What every file says. */
export const NEARNESS_NOTE =
  "These sentences lie close to the query in the model's space. Nearness is not evidence: check wording, context and page in the source.";

/** Stands where a page belongs: the corpus records none. */
export const OPEN_PAGE = PAGE_SLOT;

/** Where the sentences come from, in one line. */
export function provenance({ date, edition, model, query, filters }: ExportDocument): string {
  const what = [
    query.picture === null ? null : `picture “${query.picture}”, ${query.region}`,
    query.phrase === null ? null : `phrase “${query.phrase.text}” (${query.phrase.mode})`,
  ].filter((part) => part !== null);
  const parts = [
    `Found with ArteFact on ${date}`,
    what.join(", "),
    `model ${model.name} (${model.fingerprint})`,
    `edition ${edition.name} (${edition.editionId})`,
    ...(filters.length > 0 ? [`filtered by ${filters.join("; ")}`] : []),
  ];
  return `${parts.join("; ")}.`;
}

/** The works of some sentences, each once, in the order in which they first appear. */
export function citedWorks(sentences: readonly ExportedSentence[]): readonly CslItem[] {
  return [...new Map(sentences.map(({ work }) => [work.id, work])).values()];
}
