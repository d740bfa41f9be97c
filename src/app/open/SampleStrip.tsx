import { For } from "solid-js";
import type { Sample } from "./samples.ts";
import "./samples.css";

interface SampleStripProps {
  readonly samples: readonly Sample[];
  /** Hung in a large row on the wall, or as a small strip beside a picture. */
  readonly size: "wall" | "strip";
  /** Address of the picture that is on the stage. */
  readonly current: string | null;
  onChoose(sample: Sample): void;
}

/** The samples, each a button with its title. */
export function SampleStrip(props: SampleStripProps) {
  return (
    <ul class="samples" data-size={props.size} aria-label="Sample pictures">
      <For each={props.samples}>
        {(sample) => (
          <li>
            <button
              type="button"
              class="sample"
              aria-pressed={props.current === sample.url}
              title={sample.title}
              onClick={() => props.onChoose(sample)}
            >
              <img
                src={sample.url}
                alt={sample.alt}
                width={sample.width}
                height={sample.height}
                decoding="async"
              />
              <span class="sample-title">{sample.title}</span>
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}
