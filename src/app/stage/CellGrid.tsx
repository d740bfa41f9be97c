import { createSignal, For } from "solid-js";
import { type Cell, cellRect, rectToFraction } from "../../core/view/transforms.ts";
import type { Rect, View } from "../../core/view/view.ts";
import type { Region } from "../session/session-state.ts";
import { cellWords } from "./cell-words.ts";

interface CellGridProps {
  readonly view: View;
  readonly region: Region;
  onChoose(region: Region): void;
}

/** Style of a box given as fractions of the picture. Set through the CSSOM, which the page's policy allows. */
export function boxStyle(box: Rect): Record<string, string> {
  const percent = (fraction: number) => `${fraction * 100}%`;
  return {
    left: percent(box.x),
    top: percent(box.y),
    width: percent(box.width),
    height: percent(box.height),
  };
}

/** The cells of what the model saw: one tab stop, arrows move, Enter or Space searches, Escape asks for the whole. */
export function CellGrid(props: CellGridProps) {
  const [focused, setFocused] = createSignal<Cell>({ row: 0, column: 0 });
  let root: HTMLDivElement | undefined;

  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
  const isChosen = (cell: Cell) =>
    props.region.kind === "cell" &&
    props.region.row === cell.row &&
    props.region.column === cell.column;
  const isFocused = (cell: Cell) => focused().row === cell.row && focused().column === cell.column;

  const choose = (cell: Cell) => {
    setFocused(cell);
    props.onChoose(isChosen(cell) ? { kind: "whole" } : { kind: "cell", ...cell });
  };

  const move = (rows: number, columns: number) => {
    const hold = (index: number, count: number) => Math.min(count - 1, Math.max(0, index));
    const cell = {
      row: hold(focused().row + rows, props.view.rows),
      column: hold(focused().column + columns, props.view.columns),
    };
    setFocused(cell);
    root
      ?.querySelector<HTMLElement>(`[data-row="${cell.row}"][data-column="${cell.column}"]`)
      ?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { columns } = props.view;
    switch (event.key) {
      case "ArrowUp":
        move(-1, 0);
        break;
      case "ArrowDown":
        move(1, 0);
        break;
      case "ArrowLeft":
        move(0, -1);
        break;
      case "ArrowRight":
        move(0, 1);
        break;
      case "Home":
        move(0, -columns);
        break;
      case "End":
        move(0, columns);
        break;
      case "Enter":
      case " ":
        choose(focused());
        break;
      case "Escape":
        props.onChoose({ kind: "whole" });
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of areas on a picture is not a table
    <div
      ref={root}
      class="cells"
      role="grid"
      tabIndex={-1}
      aria-label="Cells of the picture. Enter finds sentences for one cell, Escape for the whole picture."
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
                  aria-selected={isChosen({ row, column })}
                  aria-label={cellWords({ row, column }, props.view)}
                  style={boxStyle(
                    rectToFraction(props.view, cellRect(props.view, { row, column })),
                  )}
                  onClick={() => choose({ row, column })}
                  onFocus={() => setFocused({ row, column })}
                />
              )}
            </For>
          </div>
        )}
      </For>
    </div>
  );
}
