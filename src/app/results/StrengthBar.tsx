import { For } from "solid-js";
import type { Scale } from "../../core/protocol.ts";
import { strengthOfRank } from "../../core/search/strength.ts";
import { nearnessWords } from "./query-words.ts";

interface StrengthBarProps {
  readonly rank: number;
  readonly total: number;
  readonly scale: Scale;
}

const WORDS = ["far", "among the nearer", "near", "very near", "among the nearest"] as const;
const STEPS = [1, 2, 3, 4, 5] as const;

/** Five steps of nearness, by rank among all sentences on one scale; never a percentage. */
export function StrengthBar(props: StrengthBarProps) {
  const strength = () => strengthOfRank(props.rank, props.total);
  const words = () => `${WORDS[strength() - 1]} ${nearnessWords(props.scale)}`;
  return (
    <span class="strength" data-strength={strength()} title={words()}>
      <For each={STEPS}>{(step) => <span class="step" data-on={step <= strength()} />}</For>
      <span class="visually-hidden">
        Strength {strength()} of 5: {words()}
      </span>
    </span>
  );
}
