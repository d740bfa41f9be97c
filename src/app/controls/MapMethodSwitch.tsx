import type { MapMethod } from "../../core/protocol.ts";
import { Segmented } from "./Segmented.tsx";

interface MapMethodSwitchProps {
  readonly method: MapMethod;
  onChange(method: MapMethod): void;
}

const METHODS: readonly { readonly value: MapMethod; readonly label: string }[] = [
  { value: "grad-eclip", label: "Grad-ECLIP" },
  { value: "gradient", label: "Without λ" },
  { value: "value-path", label: "Value path" },
];

/** Chooses how the map of a sentence is computed. */
export function MapMethodSwitch(props: MapMethodSwitchProps) {
  return (
    <Segmented
      legend="Map"
      options={METHODS}
      value={props.method}
      onChange={(method) => props.onChange(method)}
    />
  );
}
