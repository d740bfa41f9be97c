import { For } from "solid-js";
import { strengthOfRank } from "../../core/search/strength.ts";

interface StrengthBarProps {
  readonly rank: number;
  readonly total: number;
}

const WORDS = ["far", "among the nearer", "near", "very near", "among the nearest"] as const;
const STEPS = [1, 2, 3, 4, 5] as const;

/** Five steps of nearness, by rank among all sentences; never a percentage. */
export function StrengthBar(props: StrengthBarProps) {
  const strength = () => strengthOfRank(props.rank, props.total);
  return (
    <span class="strength" data-strength={strength()} title={WORDS[strength() - 1]}>
      <For each={STEPS}>{(step) => <span class="step" data-on={step <= strength()} />}</For>
      <span class="visually-hidden">
        Strength {strength()} of 5: {WORDS[strength() - 1]}
      </span>
    </span>
  );
}
