import type { ProofFigures } from "../../core/edition/manifest-proof.ts";
import type { EditionInfo, ModelVariant, Scale, SearchAnswer } from "../../core/protocol.ts";

const exact = new Intl.NumberFormat("en");
const MILLION = 1_000_000;
/** Shares of the corpus that can be asked for, each about double the one before. */
const SHARES = [0.1, 0.2, 0.4, 1] as const;

/** "1.2 of 3.1 million sentences searched", and exact numbers where they are short enough to be read. */
export function searchedWords(scanned: number, total: number): string {
  if (scanned >= total) return `all ${countWords(total)} sentences searched`;
  if (total < MILLION) {
    return `${exact.format(scanned)} of ${exact.format(total)} sentences searched`;
  }
  const share = scanned < MILLION / 10 ? exact.format(scanned) : inMillions(scanned);
  return `${share} of ${inMillions(total)} million sentences searched`;
}

function countWords(count: number): string {
  return count < MILLION ? exact.format(count) : `${inMillions(count)} million`;
}

function inMillions(count: number): string {
  return (count / MILLION).toFixed(1);
}

/** The share to ask for next: the first of a few that is well above what was searched. */
export function nextShare({ scanned, total }: Pick<SearchAnswer, "scanned" | "total">): number {
  return SHARES.find((share) => share > (1.05 * scanned) / total) ?? 1;
}

/** "Search further, to 310,000 sentences". */
export function furtherWords(share: number, total: number): string {
  if (share >= 1) return `Search all ${countWords(total)}`;
  const rows = Math.round(share * total);
  const rounded = rows < MILLION ? exact.format(roundTo2(rows)) : `${inMillions(rows)} million`;
  return `Search further, to ${rounded} sentences`;
}

/** A count to two digits, because clusters are searched whole. */
function roundTo2(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1);
  return Math.round(count / unit) * unit;
}

/**
 * What the edition's own measurement says of an answer that ended early; null where it says nothing of an answer like this one.
 */
export function proofWords(
  proof: EditionInfo["proof"] | null,
  answer: Pick<SearchAnswer, "scanned" | "total" | "scale">,
  isPart: boolean,
  variant: ModelVariant,
): string | null {
  const figures = figuresFor(proof?.figures ?? [], answer.scale, isPart, variant);
  if (figures === null) return null;
  const searched = answer.scanned / answer.total;
  // The greatest share that was measured and is not above what was searched.
  const index = figures.shares.findLastIndex((share) => share <= searched * 1.02);
  const share = figures.shares[index];
  const recall = figures.recallReranked[index];
  if (share === undefined || recall === undefined || share >= 1) return null;
  const held = Math.floor(recall * figures.at + 0.05);
  const queries = figures.kind === "synthetic" ? ", as measured with made-up queries" : "";
  return `On this edition, an answer after ${percent(share)} holds ${held} of the ${figures.at} that a full search finds, on average${queries}.`;
}

function figuresFor(
  figures: readonly ProofFigures[],
  scale: Scale,
  isPart: boolean,
  variant: ModelVariant,
): ProofFigures | null {
  // Nothing was measured with pictures and phrases together.
  if (scale === "mixed") return null;
  const wanted = scale === "text" ? "texts" : isPart ? "patches" : "images";
  const own = figures.filter((candidate) => candidate.variant === variant);
  const byKind = (kind: ProofFigures["kind"]) => own.find((candidate) => candidate.kind === kind);
  // What was measured with queries of another kind says nothing; synthetic ones stand for pictures where there were none.
  return byKind(wanted) ?? (wanted === "images" ? byKind("synthetic") : undefined) ?? null;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}
