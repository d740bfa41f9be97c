import type { Proof } from "../../../src/core/edition/manifest-proof.ts";

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** A proof in lines, as the builder prints it. */
export function describeProof({ hubShare, figures }: Proof): string[] {
  const lines: string[] = [];
  if (hubShare !== null) lines.push(`hub share ${hubShare.toFixed(3)}`);
  for (const { kind, variant, queries, at, shares, ...measures } of figures) {
    lines.push(`${queries} ${kind}, ${variant}: recall@${at} (regret), re-ranked (regret)`);
    shares.forEach((share, i) => {
      const plain = `${measures.recall[i]?.toFixed(3)} (${measures.regret[i]?.toFixed(5)})`;
      const ranked = `${measures.recallReranked[i]?.toFixed(3)} (${measures.regretReranked[i]?.toFixed(5)})`;
      lines.push(`  ${percent(share).padStart(6)} scanned: ${plain}, ${ranked}`);
    });
  }
  return lines;
}
