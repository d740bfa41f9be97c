import type {
  AdoptedModel,
  AdoptRequest,
  CallId,
  SearchAnswer,
  SearchRequest,
  SentenceSource,
} from "../protocol.ts";
import type { CsvColumns } from "./csv-columns.ts";
import type { TextEncoding } from "./decode-text.ts";
import type { OwnRecord } from "./own-record.ts";

/** A file as a person gave it, or what they pasted. */
export interface GivenTexts {
  /** With its end, which says what it is. */
  readonly name: string;
  readonly content: Blob;
  /** Of a table: which columns hold what; guessed where null. */
  readonly columns: CsvColumns | null;
}

/** What a file holds, before it is added. */
export interface TextsPreview {
  readonly kind: "text" | "markdown" | "table" | "list" | "export";
  readonly encoding: TextEncoding;
  readonly works: number;
  readonly sentences: number;
  /** The first few sentences. */
  readonly sample: readonly string[];
  /** The record, where there is one work. */
  readonly record: OwnRecord | null;
  readonly table: {
    readonly columns: CsvColumns;
    readonly names: readonly string[];
    readonly sample: readonly (readonly string[])[];
  } | null;
}

/** What adding did. */
export interface AddedTexts {
  readonly works: number;
  readonly sentences: number;
  /**
   * Works that were here already, word for word and under the record that they came with or have by now, and were not added
   * again.
   */
  readonly known: number;
}

/** One of a person's own texts. */
export interface OwnWorkInfo {
  readonly workId: string;
  readonly record: OwnRecord;
  readonly sentences: number;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Sentences that have vectors of the model asked for, null where none was; only a text with all of them is searched. */
  readonly embedded: number | null;
}

/** All of a person's own texts, the newest first, and how far a model has read them. */
export interface OwnLibrary {
  readonly works: readonly OwnWorkInfo[];
  readonly sentences: number;
  /** Null where no model was asked for. */
  readonly embedded: number | null;
  /** Works that were deleted and can still be restored. */
  readonly deleted: readonly Pick<OwnWorkInfo, "workId" | "record" | "sentences">[];
  /** Bytes that texts and vectors take, of all models. */
  readonly bytes: { readonly texts: number; readonly vectors: number };
}

/** Sentences that follow one another in the store and have no vectors of a model. */
export interface UnreadSentences {
  readonly firstRow: number;
  readonly texts: readonly string[];
}

/** What is searched for among own texts; `works` of an edition do not apply to them. */
export interface OwnSearchRequest extends Omit<SearchRequest, "adopted" | "works"> {
  readonly model: AdoptedModel;
}

/**
 * Keeps and searches a person's own texts, in a worker that may not connect to anything. Only these types cross its border.
 * Everything is kept in this browser; other tabs see it at their next call.
 */
export interface OwnTextsApi {
  /** What there is, and how far `model` has read it; null where none is open yet. */
  library(id: CallId, model: AdoptedModel | null): Promise<OwnLibrary>;
  /**
   * Reads a file without keeping anything of it.
   *
   * @throws AppError `texts-format`, `texts-malformed`, `texts-empty`, `texts-too-large`
   */
  preview(id: CallId, given: GivenTexts): Promise<TextsPreview>;
  /**
   * Adds the works of a file, all or none of them.
   *
   * @param record in place of the file's own, where it holds one work; null to leave it
   * @throws AppError what `preview` throws, `texts-too-many`, `texts-storage`
   */
  add(id: CallId, given: GivenTexts, record: OwnRecord | null): Promise<AddedTexts>;
  /** Changes a record. Does nothing for a work that is gone. */
  edit(id: CallId, workId: string, record: OwnRecord): Promise<void>;
  /** Takes works out of sight and out of the search; `restore` brings them back until `purge`. */
  remove(id: CallId, workIds: readonly string[]): Promise<void>;
  /** @throws AppError `texts-too-many` where others have taken their room meanwhile */
  restore(id: CallId, workIds: readonly string[]): Promise<void>;
  /** Deletes what was removed, texts and vectors. */
  purge(id: CallId): Promise<void>;
  /** Deletes everything. */
  clear(id: CallId): Promise<void>;
  /** The next sentences that a model has not read; null where it has read all. */
  unread(id: CallId, model: AdoptedModel): Promise<UnreadSentences | null>;
  /**
   * Takes the vectors of sentences that `unread` gave, in both variants.
   *
   * @throws AppError `invalid-argument` for vectors that do not fit, `texts-storage`
   */
  takeVectors(id: CallId, request: AdoptRequest): Promise<void>;
  /** Searches the texts that the model has read, every one exactly. Ends at once where there is none. */
  search(id: CallId, request: OwnSearchRequest): Promise<SearchAnswer>;
  /** The text around an own sentence, by its row in a list; a large work's is cut to its neighbourhood. */
  source(id: CallId, row: number): Promise<SentenceSource | null>;
  /** All texts and records as one file, which `add` reads again. */
  exportAll(id: CallId): Promise<Blob>;
  cancel(id: CallId): void;
}
