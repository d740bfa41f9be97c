import { Show } from "solid-js";
import type { EncodeOptions, Framing } from "../../core/view/view.ts";
import { Segmented } from "../controls/Segmented.tsx";

interface FramingControlsProps {
  readonly options: EncodeOptions;
  onChange(options: Partial<EncodeOptions>): void;
}

const FRAMINGS: readonly { readonly value: Framing["kind"]; readonly label: string }[] = [
  { value: "centre", label: "Centre" },
  { value: "slide", label: "Slide" },
  { value: "whole", label: "Whole" },
  { value: "tiles", label: "Tiles" },
];

/** Steps of the slider along the longer side. */
const SLIDE_STEP = 0.05;

function framingOf(kind: Framing["kind"]): Framing {
  return kind === "slide" ? { kind, offset: 0.5 } : { kind };
}

/** How the picture is shown to the model: which square of it, or all of it, and how finely. */
export function FramingControls(props: FramingControlsProps) {
  const offset = () =>
    props.options.framing.kind === "slide" ? props.options.framing.offset : null;
  return (
    <>
      <Segmented
        legend="Frame"
        options={FRAMINGS}
        value={props.options.framing.kind}
        onChange={(kind) => props.onChange({ framing: framingOf(kind) })}
      />
      <Show when={offset() !== null}>
        <label class="slide">
          <span>Place of the square</span>
          <input
            type="range"
            min="0"
            max="1"
            step={SLIDE_STEP}
            value={offset() ?? 0}
            onChange={(event) =>
              props.onChange({
                framing: { kind: "slide", offset: event.currentTarget.valueAsNumber },
              })
            }
          />
        </label>
      </Show>
      <label class="finer">
        <input
          type="checkbox"
          checked={props.options.fineness === 2}
          onChange={(event) => props.onChange({ fineness: event.currentTarget.checked ? 2 : 1 })}
        />
        <span>Finer cells</span>
      </label>
    </>
  );
}
