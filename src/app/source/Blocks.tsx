import { For, Match, Show, Switch, useContext } from "solid-js";
import type { Mark } from "../../core/source/segments.ts";
import type { TextBlock } from "../../core/source/work-text.ts";
import { BlockText } from "./BlockText.tsx";
import { SourceImage } from "./SourceImage.tsx";
import { SourceImagesContext } from "./source-images.ts";

interface BlocksProps {
  readonly blocks: readonly TextBlock[];
  /** The blocks to show: `[first, end)`. */
  readonly first: number;
  readonly end: number;
  readonly marks: readonly Mark[];
}

/** Blocks that stand together: a table's rows, or one block of any other kind. */
interface Group {
  readonly isTable: boolean;
  readonly indices: readonly number[];
}

function groupBlocks(blocks: readonly TextBlock[], first: number, end: number): readonly Group[] {
  const groups: { isTable: boolean; indices: number[] }[] = [];
  for (let index = first; index < end; index++) {
    const isTable = blocks[index]?.kind === "table-row";
    const last = groups.at(-1);
    if (isTable && last?.isTable === true) last.indices.push(index);
    else groups.push({ isTable, indices: [index] });
  }
  return groups;
}

/** Some blocks of a source, one below the other. */
export function Blocks(props: BlocksProps) {
  const groups = () => groupBlocks(props.blocks, props.first, props.end);
  return (
    <For each={groups()}>
      {(group) => (
        <Show
          when={group.isTable}
          fallback={
            <For each={group.indices}>
              {(index) => (
                <Show when={props.blocks[index]}>
                  {(block) => <Block block={block()} index={index} marks={props.marks} />}
                </Show>
              )}
            </For>
          }
        >
          <Table blocks={props.blocks} indices={group.indices} marks={props.marks} />
        </Show>
      )}
    </For>
  );
}

interface BlockProps {
  readonly block: TextBlock;
  readonly index: number;
  readonly marks: readonly Mark[];
}

function Block(props: BlockProps) {
  const text = () => <BlockText block={props.block} index={props.index} marks={props.marks} />;
  return (
    <div class="source-block" data-kind={props.block.kind} data-block={props.index}>
      <Switch
        fallback={
          <Show when={props.block.text.trim() !== ""}>
            <p>{text()}</p>
          </Show>
        }
      >
        <Match when={props.block.kind === "heading"}>
          <h3>{text()}</h3>
        </Match>
        <Match when={props.block.kind === "quote"}>
          <blockquote>{text()}</blockquote>
        </Match>
        <Match when={props.block.kind === "code"}>
          <pre>{text()}</pre>
        </Match>
      </Switch>
      <BlockImages files={props.block.images} />
    </div>
  );
}

/** The images of a block that the edition has; that there are others is said. */
function BlockImages(props: { readonly files: readonly string[] }) {
  const source = useContext(SourceImagesContext);
  const known = () =>
    props.files.flatMap((file) => source?.images.find((image) => image.file === file) ?? []);
  const unknown = () => props.files.length - known().length;
  return (
    <>
      <Show when={source}>
        {(images) => (
          <For each={known()}>
            {(image) => (
              <SourceImage image={image} read={(signal, file) => images().read(signal, file)} />
            )}
          </For>
        )}
      </Show>
      <Show when={unknown() > 0}>
        <p class="quiet">{unknown() === 1 ? "A picture stands here." : "Pictures stand here."}</p>
      </Show>
    </>
  );
}

interface TableProps {
  readonly blocks: readonly TextBlock[];
  readonly indices: readonly number[];
  readonly marks: readonly Mark[];
}

/** Cells of a row with where they begin in the row's text, so that marks fall on the right ones. */
function cellsOf(row: TextBlock): readonly { readonly cell: TextBlock; readonly start: number }[] {
  let start = 0;
  return row.text.split("\t").map((text) => {
    const from = start;
    start += text.length + 1;
    const styles = row.styles
      .map((span) => ({ ...span, start: span.start - from, end: span.end - from }))
      .filter((span) => span.start >= 0 && span.end <= text.length);
    return { cell: { ...row, text, styles }, start: from };
  });
}

function Table(props: TableProps) {
  const shifted = (start: number): readonly Mark[] =>
    props.marks.map(({ span, kind }) => ({
      kind,
      span: { ...span, start: span.start - start, end: span.end - start },
    }));
  return (
    // A wide table scrolls by itself, for the keyboard too.
    <section class="source-table" aria-label="Table" tabindex={0}>
      <table>
        <tbody>
          <For each={props.indices}>
            {(index) => (
              <tr data-block={index}>
                <For each={cellsOf(props.blocks[index] ?? EMPTY_ROW)}>
                  {({ cell, start }) => (
                    <td>
                      <BlockText block={cell} index={index} marks={shifted(start)} />
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}

const EMPTY_ROW: TextBlock = { kind: "table-row", level: 0, text: "", styles: [], images: [] };
