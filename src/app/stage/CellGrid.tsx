import { createSignal, For, Show } from "solid-js";
import { type Cell, cellRect, cellsRect, rectToFraction } from "../../core/view/transforms.ts";
import type { View } from "../../core/view/view.ts";
import type { Region } from "../session/session-state.ts";
import { boxStyle } from "./box-style.ts";
import { cellsWords, cellWords } from "./cell-words.ts";

interface CellGridProps {
  readonly view: View;
  readonly region: Region;
  onChoose(region: Region): void;
}

/** Rows and columns that an arrow key moves by. */
const ARROWS: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * The cells of what the model saw: one tab stop. Arrows move, with Shift they mark a rectangle of cells; Enter or Space
 * searches, Escape asks for the whole.
 */
export function CellGrid(props: CellGridProps) {
  const [visited, setVisited] = createSignal<Cell>({ row: 0, column: 0 });
  /** Where a marked rectangle began; null while one cell is meant. */
  const [anchor, setAnchor] = createSignal<Cell | null>(null);
  let root: HTMLDivElement | undefined;

  /** Held inside, since another view can have fewer cells. */
  const held = (cell: Cell): Cell => ({
    row: Math.min(props.view.rows - 1, Math.max(0, cell.row)),
    column: Math.min(props.view.columns - 1, Math.max(0, cell.column)),
  });
  const focused = () => held(visited());
  const marked = () => {
    const from = anchor();
    return from === null ? null : { from: held(from), to: focused() };
  };
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const isFocused = (cell: Cell) => focused().row === cell.row && focused().column === cell.column;
  const isChosen = (cell: Cell) =>
    props.region.kind === "cell" &&
    props.region.row === cell.row &&
    props.region.column === cell.column;
  const isSelected = (cell: Cell) => {
    const span = marked();
    return span === null ? isChosen(cell) : isBetween(cell, span.from, span.to);
  };

  const choose = (cell: Cell) => {
    setVisited(cell);
    setAnchor(null);
    props.onChoose(isChosen(cell) ? { kind: "whole" } : { kind: "cell", ...cell });
  };
  const search = () => {
    const span = marked();
    if (span === null || (span.from.row === span.to.row && span.from.column === span.to.column)) {
      choose(focused());
      return;
    }
    setAnchor(null);
    props.onChoose({ kind: "rect", rect: cellsRect(props.view, span.from, span.to) });
  };
  const move = (rows: number, columns: number, isMarking: boolean) => {
    setAnchor(isMarking ? (anchor() ?? focused()) : null);
    const cell = held({ row: focused().row + rows, column: focused().column + columns });
    setVisited(cell);
    root
      ?.querySelector<HTMLElement>(`[data-row="${cell.row}"][data-column="${cell.column}"]`)
      ?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) move(...arrow, event.shiftKey);
    else if (event.key === "Home") move(0, -props.view.columns, event.shiftKey);
    else if (event.key === "End") move(0, props.view.columns, event.shiftKey);
    else if (event.key === "Enter" || event.key === " ") search();
    else if (event.key === "Escape") {
      setAnchor(null);
      props.onChoose({ kind: "whole" });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a grid of areas on a picture is not a table */}
      <div
        ref={root}
        class="cells"
        role="grid"
        tabIndex={-1}
        aria-multiselectable="true"
        aria-label="Cells of the picture. Enter finds sentences for one cell, Shift and arrows mark several, Escape returns to the whole picture."
        onKeyDown={onKeyDown}
      >
        <For each={numbers(props.view.rows)}>
          {(row) => (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: rows of a grid take no focus
            <div role="row">
              <For each={numbers(props.view.columns)}>
                {(column) => (
                  // biome-ignore lint/a11y/useSemanticElements lint/a11y/useKeyWithClickEvents: the grid handles the keys
                  <div
                    role="gridcell"
                    class="cell"
                    data-row={row}
                    data-column={column}
                    tabIndex={isFocused({ row, column }) ? 0 : -1}
                    aria-selected={isSelected({ row, column })}
                    aria-label={cellWords({ row, column }, props.view)}
                    style={boxStyle(
                      rectToFraction(props.view, cellRect(props.view, { row, column })),
                    )}
                    onClick={() => choose({ row, column })}
                    onFocus={() => setVisited({ row, column })}
                  />
                )}
              </For>
            </div>
          )}
        </For>
      </div>
      <output class="visually-hidden" aria-live="polite">
        <Show when={marked()}>
          {(span) => <>Marked {cellsWords(span().from, span().to)}. Enter searches for them.</>}
        </Show>
      </output>
    </>
  );
}

function isBetween(cell: Cell, one: Cell, other: Cell): boolean {
  const within = (value: number, a: number, b: number): boolean =>
    value >= Math.min(a, b) && value <= Math.max(a, b);
  return within(cell.row, one.row, other.row) && within(cell.column, one.column, other.column);
}
