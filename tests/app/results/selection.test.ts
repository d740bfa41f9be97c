import { createRoot } from "solid-js";
import { describe, expect, it } from "vitest";
import { createSelection } from "../../../src/app/results/create-selection.ts";
import { answer } from "../session/doubles.ts";

const list = answer(10, 11, 12, 13, 14).found;
const [first, second, , fourth] = list;

describe("createSelection", () => {
  it("ticks, ticks a range from the last one on in either direction, and clears", () => {
    createRoot((dispose) => {
      const selection = createSelection();
      const rows = () => selection.sentences().map(({ row }) => row);
      if (first === undefined || second === undefined || fourth === undefined) throw new Error();
      selection.toggle(fourth);
      selection.extendTo(second, list);
      expect(new Set(rows())).toEqual(new Set([11, 12, 13]));
      expect(selection.has(12)).toBe(true);
      selection.toggle(second);
      expect(new Set(rows())).toEqual(new Set([12, 13]));
      selection.extendTo(first, list);
      expect(new Set(rows())).toEqual(new Set([10, 11, 12, 13]));
      selection.add(list);
      expect(rows()).toHaveLength(5);
      selection.clear();
      expect(rows()).toEqual([]);
      dispose();
    });
  });

  it("keeps what is ticked as it was found last, in the order in which it was ticked", () => {
    createRoot((dispose) => {
      const selection = createSelection();
      if (first === undefined || second === undefined) throw new Error();
      selection.toggle(second);
      selection.toggle(first);
      const edited = { ...second, work: { ...second.work, author: "Edited" } };
      selection.renew([...list.slice(2), edited]);
      expect(selection.sentences()).toEqual([edited, first]);
      dispose();
    });
  });

  it("ticks the one sentence where the list does not hold what was ticked last", () => {
    createRoot((dispose) => {
      const selection = createSelection();
      if (first === undefined || fourth === undefined) throw new Error();
      selection.toggle(first);
      selection.extendTo(fourth, list.slice(2));
      expect(selection.sentences().map(({ row }) => row)).toEqual([10, 13]);
      dispose();
    });
  });
});
