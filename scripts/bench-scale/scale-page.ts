// What the measuring script and its page agree on.

/** What the measuring script calls in a page of its own for every visit. */
export interface ScalePage {
  open(editionUrl: string): Promise<Opened>;
  search(request: ScaleRequest): Promise<Searched>;
  /** Scores what is in memory for all requests at once, in milliseconds: what the page does for the cells of a picture. */
  prepare(requests: readonly ScaleRequest[]): Promise<number>;
  /** Keeps everything on the device, in milliseconds. */
  download(): Promise<number>;
}

interface Opened {
  readonly milliseconds: number;
  readonly works: number;
  readonly sentences: number;
}

export interface ScaleRequest {
  readonly query: readonly number[];
  readonly variant: "base" | "adapted";
  /** Share of the corpus to search even where it has to be fetched; what the page asks for by itself where nothing is said. */
  readonly share?: number;
  /** Share of the works that are not filtered out; no filter where nothing is said. */
  readonly worksShare?: number;
}

/** An answer on the way or the last one, from the start of the search. */
interface Wave {
  readonly milliseconds: number;
  readonly scanned: number;
}

export interface Searched {
  readonly waves: readonly Wave[];
  readonly total: number;
  readonly isComplete: boolean;
  readonly rows: readonly number[];
  /** Milliseconds by step, as the worker tells them. */
  readonly timings: Readonly<Record<string, number>>;
}
