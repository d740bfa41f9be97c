import { type OwnRecord, tidyRecord } from "../../src/core/own-texts/own-record.ts";
import { toOwnRow } from "../../src/core/own-texts/own-rows.ts";
import { type OwnWork, sentenceAt } from "../../src/core/own-texts/own-work.ts";
import type {
  AddedTexts,
  GivenTexts,
  OwnLibrary,
  OwnSearchRequest,
  TextsPreview,
  UnreadSentences,
} from "../../src/core/own-texts/protocol.ts";
import { type ReadTexts, readTexts, requireSize } from "../../src/core/own-texts/read-texts.ts";
import { createRowRuns, type Run } from "../../src/core/own-texts/row-runs.ts";
import {
  beginsAsTextsFile,
  TEXTS_FILE_TAIL,
  textsFileHead,
  textsFileLine,
} from "../../src/core/own-texts/texts-file.ts";
import type {
  AdoptedModel,
  AdoptRequest,
  SearchAnswer,
  SentenceSource,
} from "../../src/core/protocol.ts";
import { sha256Hex } from "../sha256-hex.ts";
import { createCodesStore } from "./codes-store.ts";
import { createOwnDatabase } from "./own-database.ts";
import { createOwnLibrary, runsOfWorks } from "./own-library.ts";
import { createOwnVectors, type OwnVectors, type VectorServices } from "./own-vectors.ts";
import { readOwnSource, readSentences, readWholeText } from "./read-own-texts.ts";
import { searchOwnTexts } from "./search-own-texts.ts";
import { createTextsStore } from "./texts-store.ts";
import { createTurns } from "./turns.ts";
import { createVectorsStore, MOST_RUN_ROWS } from "./vectors-store.ts";

/** The work of the worker that keeps own texts, without the worker; see `OwnTextsApi` for what each promises. */
export interface OwnTexts {
  library(model: AdoptedModel | null): Promise<OwnLibrary>;
  preview(given: GivenTexts): Promise<TextsPreview>;
  add(given: GivenTexts, record: OwnRecord | null, signal: AbortSignal): Promise<AddedTexts>;
  edit(workId: string, record: OwnRecord): Promise<void>;
  remove(workIds: readonly string[]): Promise<void>;
  restore(workIds: readonly string[]): Promise<void>;
  purge(): Promise<void>;
  clear(): Promise<void>;
  unread(model: AdoptedModel): Promise<UnreadSentences | null>;
  takeVectors(request: AdoptRequest): Promise<void>;
  search(request: OwnSearchRequest, signal: AbortSignal): Promise<SearchAnswer>;
  source(row: number): Promise<SentenceSource | null>;
  exportAll(signal: AbortSignal): Promise<Blob>;
}

/** Sentences that a preview shows. */
const SAMPLE_SENTENCES = 3;

/** Bytes that tell a file of exported texts from others. */
const BEGINNING_BYTES = 64;

/** What surrounds it. */
export interface OwnTextsServices extends Pick<VectorServices, "openKernel"> {
  /** Called after every change, so that other tabs can be told. */
  onChange(): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Creates it over this browser's storage. */
export function createOwnTexts({ onChange, now, openKernel }: OwnTextsServices): OwnTexts {
  const database = createOwnDatabase();
  const texts = createTextsStore(database);
  const store = createVectorsStore(database);
  const codes = createCodesStore(database);
  const library = createOwnLibrary(texts);
  let latest: OwnVectors | null = null;
  const vectorsOf = (model: AdoptedModel): OwnVectors => {
    if (latest === null || !isSameModel(latest.model, model))
      latest = createOwnVectors(model, { vectors: store, codes, openKernel });
    return latest;
  };
  // One after the other: an index takes over what is kept before it is searched, and must not change meanwhile.
  const inTurn = createTurns();
  const changed = async (work: Promise<unknown>): Promise<void> => {
    await work;
    onChange();
  };
  return {
    async library(model) {
      const { revision, works, deleted } = await library.now();
      const rows = model === null ? null : await vectorsOf(model).rows(revision);
      const described = works.map((work) => {
        const { workId, record, sentences, addedAt, firstRow } = work;
        const embedded = rows?.countWithin({ firstRow, count: sentences }) ?? null;
        return { workId, record, sentences, addedAt, embedded };
      });
      return {
        works: described.reverse(),
        sentences: described.reduce((total, { sentences }) => total + sentences, 0),
        embedded: rows && described.reduce((total, { embedded }) => total + (embedded ?? 0), 0),
        deleted,
        bytes: {
          texts: [...works, ...deleted].reduce((total, { bytes }) => total + bytes, 0),
          vectors: await store.bytes(),
        },
      };
    },
    preview: async (given) => previewOf(await readGiven(given)),
    async add(given, record, signal) {
      const read = await readGiven(given);
      signal.throwIfAborted();
      const only = read.works.length === 1 && record !== null ? tidyRecord(record) : null;
      const works = await Promise.all(
        read.works.map(async (work) => {
          const named = only === null ? work : { ...work, record: only };
          return { ...named, digest: await digestOf(named) };
        }),
      );
      signal.throwIfAborted();
      const added = await texts.add(works, now());
      onChange();
      return {
        works: added.length,
        sentences: added.reduce((total, { sentences }) => total + sentences, 0),
        known: works.length - added.length,
      };
    },
    async edit(workId, record) {
      const { works } = await library.now();
      const work = works.find((other) => other.workId === workId);
      if (work === undefined) return;
      const tidy = tidyRecord(record);
      const text = await readWholeText(texts, work);
      await changed(texts.edit(workId, tidy, await digestOf({ record: tidy, text })));
    },
    remove: (workIds) => changed(texts.remove(workIds)),
    restore: (workIds) => changed(texts.restore(workIds)),
    async purge() {
      const purged = await texts.purge();
      const { works } = await library.now();
      // Also what was left by a reading that a deletion overtook.
      await store.sweep(createRowRuns(runsOfWorks(works)));
      if (purged.length > 0) onChange();
    },
    clear: () => changed(texts.clear()),
    async unread(model) {
      const { revision, works } = await library.now();
      const rows = await vectorsOf(model).rows(revision);
      for (const run of runsOfWorks(works)) {
        const gap = rows.firstGap(run, MOST_RUN_ROWS);
        if (gap === null) continue;
        const read = await readSentences(texts, works, rowsOf(gap));
        return { firstRow: gap.firstRow, texts: read.map(({ text }) => text) };
      }
      return null;
    },
    takeVectors: (request) => changed(vectorsOf(request).take(request)),
    search: (request, signal) =>
      inTurn(async () => {
        signal.throwIfAborted();
        const now = await library.now();
        const vectors = vectorsOf(request.model);
        const rows = await vectors.rows(now.revision);
        const ready = now.works.filter(
          ({ firstRow, sentences }) =>
            rows.countWithin({ firstRow, count: sentences }) === sentences,
        );
        const index = await vectors.index(request.variant, signal);
        signal.throwIfAborted();
        return searchOwnTexts({ index, works: ready, texts }, request, signal);
      }),
    async source(row) {
      const { works } = await library.now();
      return readOwnSource(texts, works, toOwnRow(row));
    },
    async exportAll(signal) {
      const { works } = await library.now();
      const parts: string[] = [textsFileHead()];
      for (const work of works) {
        signal.throwIfAborted();
        const text = await readWholeText(texts, work);
        if (parts.length > 1) parts.push(",\n");
        parts.push(textsFileLine({ record: work.record, text }));
      }
      return new Blob([...parts, TEXTS_FILE_TAIL], { type: "application/json" });
    },
  };
}

async function readGiven({ name, content, columns }: GivenTexts): Promise<ReadTexts> {
  const beginning = await content.slice(0, BEGINNING_BYTES).text();
  requireSize(name, content.size, beginsAsTextsFile(beginning));
  return readTexts({ name, bytes: new Uint8Array(await content.arrayBuffer()) }, columns);
}

function previewOf({ kind, encoding, works, table }: ReadTexts): TextsPreview {
  const [first] = works;
  const sample: string[] = [];
  for (const { text } of works) {
    for (let at = 0; at < text.spans.length && sample.length < SAMPLE_SENTENCES; at++) {
      sample.push(sentenceAt(text, at));
    }
  }
  return {
    kind,
    encoding,
    works: works.length,
    sentences: works.reduce((total, { text }) => total + text.spans.length, 0),
    sample,
    record: works.length === 1 && first !== undefined ? first.record : null,
    table,
  };
}

/** What a work is known by when it is added again. */
function digestOf(work: OwnWork): Promise<string> {
  return sha256Hex(new TextEncoder().encode(textsFileLine(work)));
}

function isSameModel(one: AdoptedModel, other: AdoptedModel): boolean {
  return (
    one.fingerprint === other.fingerprint &&
    one.adapterFingerprint === other.adapterFingerprint &&
    one.dim === other.dim
  );
}

function rowsOf({ firstRow, count }: Run): readonly number[] {
  return Array.from({ length: count }, (_, at) => firstRow + at);
}
