import { For, type JSX, Show } from "solid-js";
import { type Mark, type Segment, segmentBlock } from "../../core/source/segments.ts";
import type { TextBlock, TextStyle } from "../../core/source/work-text.ts";

interface BlockTextProps {
  readonly block: TextBlock;
  readonly index: number;
  readonly marks: readonly Mark[];
}

/** The text of a block with its styles and marks, as text nodes: nothing in a source can become markup. */
export function BlockText(props: BlockTextProps) {
  return (
    <For each={segmentBlock(props.block, props.index, props.marks)}>
      {(segment) => (
        <Show when={segment.mark} fallback={<Styled segment={segment} />}>
          {(mark) => (
            <mark data-mark={mark()} data-first={segment.isMarkStart ? "" : undefined}>
              <Styled segment={segment} />
            </mark>
          )}
        </Show>
      )}
    </For>
  );
}

const WRAP: Readonly<Record<TextStyle, (inner: JSX.Element) => JSX.Element>> = {
  italic: (inner) => <i>{inner}</i>,
  bold: (inner) => <b>{inner}</b>,
  superscript: (inner) => <sup>{inner}</sup>,
  subscript: (inner) => <sub>{inner}</sub>,
  code: (inner) => <code>{inner}</code>,
};

function Styled(props: { readonly segment: Segment }) {
  return (
    <>
      {props.segment.styles.reduce<JSX.Element>(
        (inner, style) => WRAP[style](inner),
        props.segment.text,
      )}
    </>
  );
}
