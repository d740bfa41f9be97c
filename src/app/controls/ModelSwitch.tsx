import { Show } from "solid-js";
import type { EncoderInfo, ModelVariant } from "../../core/protocol.ts";
import { Segmented } from "./Segmented.tsx";

interface ModelSwitchProps {
  readonly encoder: EncoderInfo | null;
  readonly variant: ModelVariant;
  onChange(variant: ModelVariant): void;
}

/** Chooses between the encoder's own projections and the adapted ones; absent where a pack has no adapter. */
export function ModelSwitch(props: ModelSwitchProps) {
  const names = () => {
    const variants = props.encoder?.variants;
    return variants === undefined || variants.adapted === null
      ? null
      : { base: variants.base, adapted: variants.adapted };
  };
  return (
    <Show when={names()}>
      {(named) => (
        <Segmented
          legend="Model"
          options={[
            { value: "base", label: named().base },
            { value: "adapted", label: named().adapted },
          ]}
          value={props.variant}
          onChange={(variant) => props.onChange(variant)}
        />
      )}
    </Show>
  );
}
