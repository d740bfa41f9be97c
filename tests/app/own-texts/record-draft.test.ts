import { createRoot, createSignal } from "solid-js";
import { expect, it } from "vitest";
import { createRecordDraft } from "../../../src/app/own-texts/create-record-draft.ts";
import type { OwnRecord } from "../../../src/core/own-texts/own-record.ts";

it("follows what is read of a table's columns, but for the fields that were typed in", () => {
  createRoot((dispose) => {
    const [read, setRead] = createSignal<OwnRecord | null>(null);
    const { record, change } = createRecordDraft(read);
    expect(record()).toBeNull();
    setRead({ title: "quotes", author: "", year: "" });
    change({ title: "My quotes", author: "", year: "" });
    setRead({ title: "quotes", author: "Li Wei", year: "1999" });
    expect(record()).toEqual({ title: "My quotes", author: "Li Wei", year: "1999" });
    dispose();
  });
});
