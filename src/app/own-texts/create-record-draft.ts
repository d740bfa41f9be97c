import { type Accessor, createMemo, createSignal } from "solid-js";
import type { OwnRecord } from "../../core/own-texts/own-record.ts";

/** A record as it was read from a file, with what a person has typed in its place. */
export interface RecordDraft {
  /** Null where the file has none, as one of several works. */
  readonly record: Accessor<OwnRecord | null>;
  /** Takes a record in which a field was typed. */
  change(record: OwnRecord): void;
}

/** Creates it; a field that nobody has typed in follows what is read, as with other columns of a table. */
export function createRecordDraft(read: Accessor<OwnRecord | null>): RecordDraft {
  const [typed, setTyped] = createSignal<Partial<OwnRecord>>({});
  const record = createMemo(() => {
    const own = read();
    return own === null ? null : { ...own, ...typed() };
  });
  return {
    record,
    change(next) {
      const before = record();
      const fields = (["title", "author", "year"] as const).filter(
        (name) => next[name] !== before?.[name],
      );
      setTyped((known) => ({
        ...known,
        ...Object.fromEntries(fields.map((name) => [name, next[name]])),
      }));
    },
  };
}
